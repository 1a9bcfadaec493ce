//! Limits, and that content and rows stay together whatever happens between them.

use std::path::Path;

use chrono::TimeDelta;
use hark::app::App;
use hark::db::Db;
use hark::domain::complaints::attachments;
use hark::domain::policy::{AttachmentLimits, Policy};
use hark::files::Files;
use hark::settings::edge::EdgeSettings;
use reqwest::Method;
use serde_json::json;

use super::{PHOTO, send};
use crate::fixtures::Case;
use crate::on_both;
use crate::support::{Desk, Door, keys, lenient};

/// A door to the desk behind which files are kept in a folder.
pub fn with_folder(desk: &Desk, folder: &Path, edge: EdgeSettings) -> (App, Door) {
    let app = desk.app.clone().with_files(Files::open(&edge, folder).unwrap());
    (app.clone(), desk.door_of(app, edge))
}

/// Every file under a folder.
pub fn files_in(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_in(&path));
        } else {
            found.push(path.to_string_lossy().into_owned());
        }
    }
    found
}

async fn run_jobs(app: &App) {
    let worker = hark::worker::Worker::new(app.clone(), std::time::Duration::from_secs(1));
    worker.run_once().await.unwrap();
}

on_both! {
    async fn files_lie_in_a_folder_and_go_with_their_rows(desk) {
        let folder = tempfile::tempdir().unwrap();
        let (app, door) = with_folder(&desk, folder.path(), lenient());
        let case = Case::logged(&desk).await;
        let agent = door.client(hark::domain::staff::Role::Agent);
        let kept = send(&agent, &case.path(), "..%2F..%2Fa.jpg", PHOTO).await.expect(201);
        let place = folder.path().join("attachments").join(&case.id).join(kept.id());
        assert_eq!(files_in(folder.path()), [place.to_string_lossy()]);
        assert_eq!(std::fs::read(&place).unwrap(), PHOTO);
        let path = format!("{}/attachments/{}?reason=x", case.path(), kept.id());
        desk.client(hark::domain::staff::Role::Admin).send(Method::DELETE, &path, None).await.expect(200);
        assert!(place.exists(), "the content goes after the row");
        run_jobs(&app).await;
        assert!(files_in(folder.path()).is_empty());
        assert_eq!(desk.rows("discarded_objects"), 0);
    }
}

on_both! {
    async fn nothing_is_left_of_what_was_refused(desk) {
        let folder = tempfile::tempdir().unwrap();
        let (_app, door) = with_folder(&desk, folder.path(), lenient());
        let agent = door.client(hark::domain::staff::Role::Agent);
        let case = Case::logged(&desk).await;
        send(&agent, &case.path(), "a.jpg", b"<svg/>").await.expect(415);
        send(&agent.if_match("\"999\""), &case.path(), "a.jpg", PHOTO).await.expect(412);
        let keyed = agent.with("idempotency-key", "1");
        let first = send(&keyed, &case.path(), "a.jpg", PHOTO).await.expect(201);
        assert_eq!(send(&keyed, &case.path(), "a.jpg", PHOTO).await.expect(201).text, first.text);
        send(&keyed, &case.path(), "b.jpg", PHOTO).await.expect_problem(422, "idempotency.mismatch");
        assert_eq!((files_in(folder.path()).len(), desk.rows("attachments")), (1, 1));
    }
}

on_both! {
    async fn content_without_a_row_is_swept_away_after_a_day_and_other_content_never(desk) {
        let folder = tempfile::tempdir().unwrap();
        let (app, door) = with_folder(&desk, folder.path(), lenient());
        let case = Case::logged(&desk).await;
        let agent = door.client(hark::domain::staff::Role::Agent);
        let kept = send(&agent, &case.path(), "a.jpg", PHOTO).await.expect(201);
        let root = folder.path().join("attachments");
        // As a process leaves it that ends between the two: one in its place, one on its way.
        // (Ids made in this process never go back; the clocks of other tests may be ahead.)
        let lost = hark::ids::with_bits(desk.now(), &[7; 10]).to_string();
        std::fs::copy(root.join(&case.id).join(kept.id()), root.join(&case.id).join(&lost)).unwrap();
        std::fs::create_dir_all(root.join("incoming")).unwrap();
        std::fs::write(root.join("incoming").join(&lost), b"half").unwrap();
        run_jobs(&app).await;
        assert_eq!(files_in(&root).len(), 3, "its row may still be on its way");
        desk.pass(TimeDelta::hours(25));
        run_jobs(&app).await;
        assert_eq!(files_in(&root), [root.join(&case.id).join(kept.id()).to_string_lossy()]);
        let (status, _, content) = agent.bytes(&format!("{}/attachments/{}/content", case.path(), kept.id())).await;
        assert_eq!((status, content.as_slice()), (200, PHOTO));
    }
}

on_both! {
    async fn number_and_size_are_limited_for_a_file_a_complaint_and_everything(desk) {
        let limits = AttachmentLimits { bytes: 1_000, per_complaint: 3, bytes_per_complaint: 1_500, bytes_total: 2_000 };
        let db = Db::open(desk.app.db.target(), 4).unwrap();
        let policy = Policy { attachments: limits, ..Policy::default() };
        let app = App::new(db, desk.app.clock.clone(), policy, keys()).unwrap();
        let door = desk.door_of(app, lenient());
        let agent = door.client(hark::domain::staff::Role::Agent);
        let (one, other) = (Case::logged(&desk).await, Case::logged(&desk).await);
        let text = |n: usize| vec![b'x'; n];
        send(&agent, &one.path(), "a.txt", &text(1_001)).await.expect_problem(413, "request.too_large");
        send(&agent, &one.path(), "a.txt", &text(100_000)).await.expect_problem(413, "request.too_large");
        send(&agent, &one.path(), "a.txt", &text(1_000)).await.expect(201);
        send(&agent, &one.path(), "a.txt", &text(501)).await.expect_problem(409, "attachment.too_many");
        send(&agent, &one.path(), "a.txt", &text(1)).await.expect(201);
        send(&agent, &one.path(), "a.txt", &text(1)).await.expect(201);
        send(&agent, &one.path(), "a.txt", &text(1)).await.expect_problem(409, "attachment.too_many");
        send(&agent, &other.path(), "a.txt", &text(999)).await.expect_problem(409, "attachment.too_many");
        send(&agent, &other.path(), "a.txt", &text(998)).await.expect(201);
        assert_eq!(desk.rows("attachments"), 4);
    }
}

on_both! {
    async fn an_erasure_finds_and_takes_every_file_of_a_customer(desk) {
        let case = Case::logged(&desk).await;
        for name in ["a.jpg", "b.jpg"] {
            send(&case.agent, &case.path(), name, PHOTO).await.expect(201);
        }
        let complaint: hark::ids::ComplaintId = serde_json::from_value(json!(case.id)).unwrap();
        let found = desk.app.db.read(move |conn| attachments::of_complaints(conn, &[complaint])).await.unwrap();
        let names: Vec<&str> = found.iter().map(|(_, row)| row.name.as_str()).collect();
        assert_eq!(names, ["a.jpg", "b.jpg"]);
        let now = desk.now();
        desk.app.db.write(move |conn| attachments::discard_all(conn, now, &[complaint])).await.unwrap();
        assert_eq!((desk.rows("attachments"), desk.rows("discarded_objects")), (0, 2));
        desk.run_jobs().await;
        assert_eq!(desk.rows("discarded_objects"), 0);
    }
}

/// Doors of so many processes to one desk, each with these limits.
fn doors(desk: &Desk, many: usize, limits: AttachmentLimits) -> Vec<Door> {
    let one = |_| {
        let db = Db::open(desk.app.db.target(), 4).unwrap();
        let policy = Policy {
            attachments: limits,
            ..Policy::default()
        };
        let app = App::new(db, desk.app.clock.clone(), policy, keys()).unwrap();
        desk.door_of(app, lenient())
    };
    (0..many).map(one).collect()
}

on_both! {
    async fn files_for_many_complaints_at_once_do_not_exceed_what_is_kept_of_everything(desk) {
        let limits = AttachmentLimits { bytes_total: 10_000, ..AttachmentLimits::default() };
        let doors = doors(&desk, 2, limits);
        let mut cases = Vec::new();
        for _ in 0..24 {
            cases.push(Case::logged(&desk).await.path());
        }
        let content = vec![b'x'; 1_000];
        let sent = cases.iter().enumerate().map(|(n, path)| {
            let client = doors[n % 2].client(hark::domain::staff::Role::Agent);
            let content = &content;
            async move { send(&client, path, "a.txt", content).await }
        });
        let mut statuses: Vec<(u16, String)> = futures_util::future::join_all(sent)
            .await
            .iter()
            .map(|reply| (reply.status, reply.code().to_owned()))
            .collect();
        statuses.sort();
        assert_eq!(desk.count("SELECT CAST(coalesce(sum(bytes), 0) AS BIGINT) AS n FROM attachments"), 10_000, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|(status, _)| *status == 201).count(), 10, "{statuses:?}");
        let refused = statuses.iter().filter(|(status, code)| *status == 409 && code == "attachment.too_many").count();
        assert_eq!(refused, 14, "{statuses:?}");
    }
}
