//! The virus scanner, by its protocol: a clamd that knows one signature.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

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
