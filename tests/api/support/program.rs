//! The real program, on a database of its own.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use hark::db::conn::Target;

use super::fresh_postgres;

/// How long anything may take.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The program with no settings but these, in a folder of its own.
pub fn hark(folder: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hark"));
    command.current_dir(folder).env_clear().stdin(Stdio::null());
    for name in ["PATH", "HOME", "LLVM_PROFILE_FILE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.envs(settings.iter().copied());
    command
}

/// A database to run the program on.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub url: Option<String>,
    /// Settings beside the usual ones.
    pub settings: Vec<(&'static str, String)>,
}

impl Place {
    /// The embedded database in a data folder.
    pub fn sqlite() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            url: None,
            settings: Vec::new(),
        }
    }

    pub fn postgres() -> Option<Self> {
        let Target::Pg(url) = fresh_postgres()? else {
            return None;
        };
        Some(Self {
            url: Some(url),
            ..Self::sqlite()
        })
    }

    pub fn target(&self) -> Target {
        match &self.url {
            Some(url) => Target::Pg(url.clone()),
            None => Target::Sqlite(self.folder.path().join("data/hark.sqlite3")),
        }
    }

    pub fn command(&self) -> Command {
        let mut command = hark(
            self.folder.path(),
            &[
                ("HARK_DATA_DIR", "data"),
                ("HARK_BIND", "127.0.0.1:0"),
                ("HARK_LOG", "warn"),
                ("HARK_HTTP_THREADS", "1"),
            ],
        );
        if let Some(url) = &self.url {
            command.env("HARK_DATABASE_URL", url);
        }
        command.envs(self.settings.iter().map(|(name, value)| (*name, value)));
        command
    }

    /// Starts the program and waits until it listens.
    pub fn start(&self) -> Running {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"))
            .unwrap();
        let mut child = self.command().stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (mut said, mut url) = (String::new(), None);
        while url.is_none() {
            let mut line = String::new();
            let n = out.read_line(&mut line).unwrap();
            assert!(n > 0, "it ended: {said}\n{}", self.log());
            url = line
                .strip_prefix("Hark listens on ")
                .and_then(|rest| rest.split(' ').next())
                .map(str::to_owned);
            said.push_str(&line);
        }
        Running {
            child,
            out,
            said,
            url: url.unwrap(),
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

/// A running program. It is killed when the test ends.
pub struct Running {
    pub child: Child,
    pub out: BufReader<std::process::ChildStdout>,
    pub said: String,
    pub url: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// The token of the first administrator, which follows the address on the first start.
    pub fn first_token(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert!(self.out.read_line(&mut line).unwrap() > 0, "no token: {}", self.said);
            self.said.push_str(&line);
            if line.trim().starts_with("hark_") {
                return line.trim().to_owned();
            }
        }
    }

    pub fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Waits for the end; gives the exit status and everything that was said.
    pub fn ended(mut self) -> (ExitStatus, String) {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None if Instant::now() > deadline => panic!("it does not end: {}", self.said),
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        (status, format!("{}{rest}", self.said))
    }
}
