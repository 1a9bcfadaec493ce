//! Every value of every table, as the database itself lists them: a new table is looked at without being named.

use diesel::RunQueryDsl as _;
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use hark::db::conn::{Conn, Target};

use crate::support::Desk;

#[derive(diesel::QueryableByName)]
struct Place {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
}

#[derive(diesel::QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Every column of every table.
pub fn columns(desk: &Desk) -> Vec<(String, String)> {
    let sql = match desk.app.db.target() {
        Target::Pg(_) => {
            "SELECT table_name::text, column_name::text FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%' ORDER BY 1, 2"
        }
        Target::Sqlite(_) => {
            "SELECT t.name AS table_name, c.name AS column_name FROM sqlite_master t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' ORDER BY 1, 2"
        }
    };
    let places: Vec<Place> = read(desk, move |conn| diesel::sql_query(sql).load(conn).unwrap());
    assert!(places.len() > 100, "the schema was not read");
    places
        .into_iter()
        .map(|place| (place.table_name, place.column_name))
        .collect()
}

/// Every value, as text and (where bytes are kept) in hexadecimal, with its table and column.
pub fn everything(desk: &Desk) -> Vec<(String, String)> {
    let columns = columns(desk);
    read(desk, move |conn| {
        let mut values = Vec::new();
        for (table, column) in columns {
            let sql = match conn {
                Conn::Pg(_) => format!("SELECT coalesce(\"{column}\"::text, '') AS value FROM \"{table}\""),
                Conn::Sqlite(_) => format!(
                    "SELECT CASE typeof(\"{column}\") WHEN 'blob' THEN lower(hex(\"{column}\"))
                     ELSE coalesce(CAST(\"{column}\" AS TEXT), '') END AS value FROM \"{table}\""
                ),
            };
            let found: Vec<Found> = diesel::sql_query(sql).load(conn).unwrap();
            let place = format!("{table}.{column}");
            values.extend(
                found
                    .into_iter()
                    .map(|found| (place.clone(), found.value.to_lowercase())),
            );
        }
        values
    })
}

/// The places that hold a text, in letters or in bytes.
pub fn places_of(values: &[(String, String)], text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut places: Vec<String> = values
        .iter()
        .filter(|(_, value)| value.contains(&text) || value.contains(&hex))
        .map(|(place, value)| format!("{place}: {}", value.chars().take(120).collect::<String>()))
        .collect();
    places.sort();
    places.dedup();
    places
}

/// The bytes of the files of an SQLite database, once the log has been written back; nothing on PostgreSQL.
pub fn file_bytes(desk: &Desk) -> Option<Vec<u8>> {
    let Target::Sqlite(path) = desk.app.db.target() else {
        return None;
    };
    let mut conn = Target::Sqlite(path.clone()).connect().unwrap();
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    let log = path.with_extension("sqlite3-wal");
    bytes.extend(std::fs::read(log).unwrap_or_default());
    Some(bytes)
}

pub fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Reads on a thread of its own: the test's thread drives the async code.
pub fn read<T: Send + 'static>(desk: &Desk, work: impl FnOnce(&mut Conn) -> T + Send + 'static) -> T {
    let db = desk.app.db.clone();
    std::thread::spawn(move || db.read_blocking(|conn| Ok(work(conn))))
        .join()
        .unwrap()
        .unwrap()
}
