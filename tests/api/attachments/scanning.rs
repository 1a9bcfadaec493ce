//! The virus scanner: by its protocol, with a clamd in this process that can be away; and the real daemon, with a
//! signature of our own.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hark::domain::staff::Role;
use hark::settings::edge::{EdgeSettings, ScannerDown};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::keeping::{files_in, with_folder};
use super::send;
use crate::fixtures::Case;
use crate::on_both;
use crate::support::lenient;

/// The harmless text that every scanner takes for a virus, in two halves.
fn eicar() -> Vec<u8> {
    [
        r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-",
        "ANTIVIRUS-TEST-FILE!$H+H*",
    ]
    .concat()
    .into_bytes()
}

/// A clamd in this process.
struct Clamd {
    address: String,
    up: Arc<AtomicBool>,
    seen: Arc<AtomicUsize>,
}

impl Clamd {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (up, seen) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
        let (is_up, scanned) = (Arc::clone(&up), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if is_up.load(Ordering::SeqCst) {
                    scanned.fetch_add(1, Ordering::SeqCst);
                    tokio::spawn(answer(stream));
                }
            }
        });
        Self { address, up, seen }
    }

    fn settings(&self, clamd_down: ScannerDown) -> EdgeSettings {
        EdgeSettings {
            clamd: Some(self.address.clone()),
            clamd_down,
            ..lenient()
        }
    }
}

/// `zINSTREAM\0`, pieces with their length in front (32 bits, big-endian), a length of nought, the verdict.
async fn answer(mut stream: TcpStream) {
    let mut command = [0; 10];
    stream.read_exact(&mut command).await.unwrap();
    assert_eq!(&command, b"zINSTREAM\0");
    let mut content = Vec::new();
    loop {
        let length = stream.read_u32().await.unwrap();
        if length == 0 {
            break;
        }
        let at = content.len();
        content.resize(at + usize::try_from(length).unwrap(), 0);
        stream.read_exact(&mut content[at..]).await.unwrap();
    }
    let infected = content.windows(eicar().len()).any(|window| window == eicar());
    let verdict: &[u8] = if infected {
        b"stream: Eicar-Signature FOUND\0"
    } else {
        b"stream: OK\0"
    };
    stream.write_all(verdict).await.unwrap();
}

on_both! {
    async fn an_infected_file_is_refused_and_not_kept(desk) {
        let (clamd, folder) = (Clamd::start().await, tempfile::tempdir().unwrap());
        let (_app, door) = with_folder(&desk, folder.path(), clamd.settings(ScannerDown::Refuse));
        let case = Case::logged(&desk).await;
        let agent = door.client(Role::Agent);
        send(&agent, &case.path(), "a.txt", &eicar()).await.expect_problem(422, "attachment.infected");
        assert!(files_in(folder.path()).is_empty());
        let large = [b"x".repeat(300_000), eicar()].concat();
        send(&agent, &case.path(), "a.txt", &large).await.expect_problem(422, "attachment.infected");
        let kept = send(&agent, &case.path(), "a.txt", b"a letter").await.expect(201);
        assert_eq!(kept.str("/scan"), "clean");
        assert_eq!((desk.rows("attachments"), clamd.seen.load(Ordering::SeqCst)), (1, 3));
    }
}

on_both! {
    async fn while_the_scanner_is_down_nothing_is_kept(desk) {
        let (clamd, folder) = (Clamd::start().await, tempfile::tempdir().unwrap());
        let (_app, door) = with_folder(&desk, folder.path(), clamd.settings(ScannerDown::Refuse));
        let case = Case::logged(&desk).await;
        clamd.up.store(false, Ordering::SeqCst);
        let refused = send(&door.client(Role::Agent), &case.path(), "a.txt", b"a letter").await;
        let refused = refused.expect_problem(503, "attachment.scanner_down");
        assert_eq!(refused.header("retry-after"), Some("1"));
        assert!(files_in(folder.path()).is_empty());
        assert_eq!(desk.rows("attachments"), 0);
    }
}

on_both! {
    async fn or_it_is_kept_for_nobody_to_read_until_it_has_been_scanned(desk) {
        let (clamd, folder) = (Clamd::start().await, tempfile::tempdir().unwrap());
        let (app, door) = with_folder(&desk, folder.path(), clamd.settings(ScannerDown::Quarantine));
        let case = Case::logged(&desk).await;
        let agent = door.client(Role::Agent);
        clamd.up.store(false, Ordering::SeqCst);
        let letter = send(&agent, &case.path(), "a.txt", b"a letter").await.expect(201);
        let virus = send(&agent, &case.path(), "b.txt", &eicar()).await.expect(201);
        assert_eq!(letter.str("/scan"), "quarantined");
        let content = format!("{}/attachments/{}/content", case.path(), letter.id());
        agent.get(&content).await.expect_problem(409, "attachment.quarantined");
        let worker = hark::worker::Worker::new(app, std::time::Duration::from_secs(1));
        worker.run_once().await.unwrap();
        agent.get(&content).await.expect_problem(409, "attachment.quarantined");
        clamd.up.store(true, Ordering::SeqCst);
        worker.run_once().await.unwrap();
        assert_eq!(agent.bytes(&content).await.2, b"a letter");
        agent.get(&format!("{}/attachments/{}/content", case.path(), virus.id())).await.expect(404);
        assert_eq!(case.actions().await, ["received", "attachment_added", "attachment_added", "attachment_removed"]);
        assert_eq!(case.last_entry().await["after"]["reason"], "infected");
    }
}

/// The real daemon, with nothing in its database but one signature. It ends with the test.
struct Daemon {
    child: Child,
    folder: tempfile::TempDir,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says, once, that this is not tested; in CI it must be.
fn skip(why: &str) {
    static SAID: OnceLock<()> = OnceLock::new();
    assert!(std::env::var_os("CI").is_none(), "the real clamd was not tested: {why}");
    SAID.get_or_init(|| {
        let line = format!("the real clamd was NOT tested: {why}\n");
        // Past the capture of the test runner, so that it is seen.
        let _shown = std::io::stderr().write_all(line.as_bytes());
    });
}

/// The daemon's program: Debian keeps it where only root looks.
fn clamd_program() -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    folders
        .map(|folder| folder.join("clamd"))
        .find(|program| program.is_file())
}

impl Daemon {
    /// Starts it; `None`, with a line printed once, where it is not installed.
    async fn start() -> Option<Self> {
        let Some(program) = clamd_program() else {
            skip("there is no clamd (Debian: apt-get install clamav-daemon)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        // Type 0 (any file), anywhere, the bytes in hexadecimal.
        let hex: String = eicar().iter().map(|byte| format!("{byte:02x}")).collect();
        std::fs::create_dir(folder.path().join("signatures")).unwrap();
        std::fs::write(at("signatures/own.ndb"), format!("Desk.Test:0:*:{hex}\n")).unwrap();
        let config = format!(
            "Foreground yes\nLocalSocket {}\nDatabaseDirectory {}\nLogFile {}\nStreamMaxLength 30M\n",
            at("clamd.socket"),
            at("signatures"),
            at("log"),
        );
        std::fs::write(at("clamd.conf"), config).unwrap();
        let child = Command::new(program)
            .arg(format!("--config-file={}", at("clamd.conf")))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let daemon = Self { child, folder };
        for _ in 0..300 {
            if std::os::unix::net::UnixStream::connect(daemon.socket()).is_ok() {
                return Some(daemon);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let log = std::fs::read_to_string(daemon.folder.path().join("log")).unwrap_or_default();
        panic!("clamd does not listen: {log}");
    }

    fn socket(&self) -> std::path::PathBuf {
        self.folder.path().join("clamd.socket")
    }
}

/// Settings with a scanner at this socket.
fn with_socket(socket: &Path) -> EdgeSettings {
    EdgeSettings {
        clamd: Some(socket.display().to_string()),
        clamd_down: ScannerDown::Refuse,
        ..lenient()
    }
}

on_both! {
    async fn the_real_daemon_finds_what_it_knows_wherever_it_stands(desk) {
        let Some(daemon) = Daemon::start().await else { return };
        let folder = tempfile::tempdir().unwrap();
        let (_app, door) = with_folder(&desk, folder.path(), with_socket(&daemon.socket()));
        let case = Case::logged(&desk).await;
        let agent = door.client(Role::Agent);
        let kept = send(&agent, &case.path(), "a.txt", b"a letter").await.expect(201);
        assert_eq!(kept.str("/scan"), "clean");
        let far_in = [b"x".repeat(3_000_000), eicar(), b"x".repeat(1_000_000)].concat();
        for infected in [eicar(), far_in] {
            send(&agent, &case.path(), "a.txt", &infected).await.expect_problem(422, "attachment.infected");
        }
        assert_eq!((files_in(folder.path()).len(), desk.rows("attachments")), (1, 1));
        // Killed: nothing is kept that it has not seen.
        drop(daemon);
        let refused = send(&agent, &case.path(), "b.txt", b"a letter").await;
        refused.expect_problem(503, "attachment.scanner_down");
        assert_eq!((files_in(folder.path()).len(), desk.rows("attachments")), (1, 1));
    }
}
