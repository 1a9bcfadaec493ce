//! One connection type for both databases.

use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, R2D2Connection};

use crate::error::{Error, Result};

pub use self::both::{Conn, MultiBackend};

mod both {
    #![expect(missing_docs, reason = "the derive makes public items without documentation")]

    use diesel::prelude::*;

    /// A connection to PostgreSQL or to the embedded SQLite.
    #[derive(diesel::MultiConnection)]
    pub enum Conn {
        /// PostgreSQL.
        Pg(PgConnection),
        /// The embedded SQLite.
        Sqlite(SqliteConnection),
    }
}

/// Compiles one expression once for each database, for what the common type cannot express
/// (batch inserts, `ON CONFLICT`). The expression must mean the same on both.
#[macro_export]
macro_rules! on_each {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::db::conn::Conn::Pg($c) => $body,
            $crate::db::conn::Conn::Sqlite($c) => $body,
        }
    };
}

/// Which database, and how it is reached. Chosen from the URL, so that a mistyped URL is
/// refused and never becomes an empty SQLite file.
#[derive(Clone)]
pub enum Target {
    /// A PostgreSQL URL.
    Pg(String),
    /// The path of the SQLite file.
    Sqlite(std::path::PathBuf),
}

impl Target {
    /// Reads a database URL: `postgres://…`, `postgresql://…` or `sqlite:PATH`.
    ///
    /// # Errors
    /// When the URL names no database we know.
    pub fn parse(url: &str) -> Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Self::Pg(url.to_owned()))
        } else if let Some(path) = url.strip_prefix("sqlite:")
            && !path.is_empty()
        {
            Ok(Self::Sqlite(path.into()))
        } else {
            // The rest may hold a password.
            let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
            Err(Error::internal(format!(
                "database_url: `{scheme}:…` is no database Hark knows; write postgres://user@host/name or sqlite:PATH"
            )))
        }
    }

    /// Opens one connection, set up for reading and writing.
    ///
    /// # Errors
    /// When the database cannot be reached or opened.
    pub fn connect(&self) -> Result<Conn, diesel::ConnectionError> {
        match self {
            Self::Pg(url) => PgConnection::establish(url).map(Conn::Pg),
            Self::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
                super::dialect::set_up_sqlite(&mut conn).map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::Sqlite(conn))
            }
        }
    }
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pg(_) => f.write_str("PostgreSQL"),
            Self::Sqlite(path) => write!(f, "SQLite at {}", path.display()),
        }
    }
}

/// Makes connections for the pool.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    pub(super) target: Target,
    /// Connections that refuse to write (SQLite's readers: its writes have a thread of their own).
    pub(super) read_only: bool,
}

impl ManageConnection for Connector {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Conn, Self::Error> {
        let mut conn = self.target.connect().map_err(diesel::r2d2::Error::ConnectionError)?;
        if self.read_only {
            super::dialect::refuse_writes(&mut conn).map_err(diesel::r2d2::Error::QueryError)?;
        }
        Ok(conn)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Self::Error> {
        conn.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}
