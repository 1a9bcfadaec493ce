//! Where the content of attachments lies: an object store (a folder, S3, or memory in tests), and the
//! virus scanner in front of it.

use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::clock::Moment;
use crate::domain::complaints::attachments::Scan;
use crate::domain::complaints::attachments::media::{Media, Sniffer};
use crate::error::{Code, Error, Result};
use crate::settings::edge::{EdgeSettings, ScannerDown};

/// Where files lie while they come in.
const INCOMING: &str = "incoming";
/// The most that come in at a time.
const AT_ONCE: usize = 64;
/// How long the virus scanner may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The object store and the virus scanner. Clones share both.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    coming: Arc<Semaphore>,
    scanner: Option<Arc<str>>,
    when_down: ScannerDown,
}

/// A file that has come in, and is in no place yet.
#[derive(Debug)]
pub struct Received {
    place: Path,
    /// What it is.
    pub media: Media,
    /// How large it is.
    pub bytes: u64,
    /// SHA-256 of the content.
    pub sha256: [u8; 32],
    /// What the virus scanner said.
    pub scan: Scan,
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn failed(error: object_store::Error) -> Error {
    Error::internal(format!("object store: {error}"))
}

/// Opens the place that a setting names.
#[cfg(feature = "s3")]
fn open_s3(url: &str) -> Result<Arc<dyn ObjectStore>> {
    crate::open_id::set_up_tls();
    // Somebody waits for the answer: a store that is away is said to be in seconds, not in minutes.
    let retry = object_store::RetryConfig {
        max_retries: 3,
        retry_timeout: Duration::from_secs(10),
        ..Default::default()
    };
    let builder = object_store::aws::AmazonS3Builder::from_env()
        .with_url(url)
        .with_retry(retry);
    let store = builder.build().map_err(|e| Error::internal(format!("files: {e}")))?;
    let prefix = url
        .trim_start_matches("s3://")
        .split_once('/')
        .map_or("", |(_, prefix)| prefix);
    Ok(Arc::new(object_store::prefix::PrefixStore::new(store, prefix)))
}

#[cfg(not(feature = "s3"))]
fn open_s3(_: &str) -> Result<Arc<dyn ObjectStore>> {
    Err(Error::internal("files: this program was built without the feature s3"))
}

impl Files {
    /// The place and the scanner that the settings name.
    ///
    /// # Errors
    /// When the folder cannot be made, or the place is not known.
    pub fn open(settings: &EdgeSettings, data_dir: &FilePath) -> Result<Self> {
        let store: Arc<dyn ObjectStore> = match settings.files.as_deref() {
            Some(url) if url.starts_with("s3://") => open_s3(url)?,
            Some(url) if url.contains("://") => {
                return Err(Error::internal("files: a folder, or s3://bucket/prefix"));
            }
            Some(folder) => in_folder(FilePath::new(folder))?,
            None => in_folder(&data_dir.join("attachments"))?,
        };
        Ok(Self::of(store, settings.clamd.as_deref(), settings.clamd_down))
    }

    /// Nothing that lasts: for tests.
    pub fn in_memory() -> Self {
        Self::of(Arc::new(InMemory::new()), None, ScannerDown::Refuse)
    }

    fn of(store: Arc<dyn ObjectStore>, scanner: Option<&str>, when_down: ScannerDown) -> Self {
        Self {
            store,
            coming: Arc::new(Semaphore::new(AT_ONCE)),
            scanner: scanner.map(Arc::from),
            when_down,
        }
    }

    /// Reads a file of at most `most` bytes to its end: into a passing place, looked at and scanned.
    ///
    /// # Errors
    /// `request.too_large`; `attachment.type_not_allowed`; `attachment.infected`; `attachment.scanner_down`;
    /// `service.overloaded`; what `source` answers. Nothing is left then.
    pub async fn receive<S>(&self, id: Uuid, most: u64, mut source: S) -> Result<Received>
    where
        S: Stream<Item = Result<Bytes>> + Unpin,
    {
        let _held = self
            .coming
            .try_acquire()
            .map_err(|_| Error::problem(Code::Overloaded, "too many files are coming in"))?;
        let place = Path::from_iter([INCOMING, id.to_string().as_str()]);
        let mut upload = WriteMultipart::new(self.store.put_multipart(&place).await.map_err(failed)?);
        let read = read_into(&mut upload, most, &mut source).await;
        let (media, bytes, sha256) = match read {
            Ok(read) => read,
            Err(error) => {
                // What is left of it is swept away later.
                let _aborted = upload.abort().await;
                return Err(error);
            }
        };
        upload.finish().await.map_err(failed)?;
        match self.scan(&place).await {
            Ok(scan) => Ok(Received {
                place,
                media,
                bytes,
                sha256,
                scan,
            }),
            Err(error) => {
                let _gone = self.store.delete(&place).await;
                Err(error)
            }
        }
    }

    /// Puts a file that has come in where it belongs.
    ///
    /// # Errors
    /// When the object store refuses.
    pub async fn put_in_place(&self, received: &Received, key: &str) -> Result<()> {
        self.store
            .rename(&received.place, &Path::from(key))
            .await
            .map_err(failed)
    }

    /// Takes away what lies under this key; nothing there is as good.
    ///
    /// # Errors
    /// When the object store refuses.
    pub async fn delete(&self, key: &str) -> Result<()> {
        match self.store.delete(&Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    /// What lies under this key, or a part of it.
    ///
    /// # Errors
    /// When it is not there, or the object store refuses.
    pub async fn read(
        &self,
        key: &str,
        part: Option<std::ops::Range<u64>>,
    ) -> Result<impl Stream<Item = std::io::Result<Bytes>> + Send + use<>> {
        let options = GetOptions {
            range: part.map(Into::into),
            ..Default::default()
        };
        let found = self.store.get_opts(&Path::from(key), options).await.map_err(failed)?;
        Ok(found.into_stream().map_err(std::io::Error::other))
    }

    /// Keys of objects from before `until` (by the time in their ids), and their ids.
    ///
    /// # Errors
    /// When the object store refuses.
    pub async fn older_than(&self, until: Moment) -> Result<Vec<(String, Uuid)>> {
        let mut found = Vec::new();
        let mut objects = self.store.list(None);
        while let Some(object) = objects.next().await {
            let object = object.map_err(failed)?;
            let Some(id) = object.location.filename().and_then(|name| name.parse::<Uuid>().ok()) else {
                continue;
            };
            let made = id.get_timestamp().map(|at| at.to_unix().0);
            if made.is_some_and(|seconds| i64::try_from(seconds).is_ok_and(|at| at < until.timestamp())) {
                found.push((object.location.to_string(), id));
            }
        }
        Ok(found)
    }

    /// Whether the object under this key is infected; an error when the scanner does not answer.
    ///
    /// # Errors
    /// `attachment.scanner_down`.
    pub async fn is_infected(&self, key: &str) -> Result<bool> {
        self.ask_scanner(&Path::from(key)).await
    }

    async fn scan(&self, place: &Path) -> Result<Scan> {
        if self.scanner.is_none() {
            return Ok(Scan::Unscanned);
        }
        match self.ask_scanner(place).await {
            Ok(false) => Ok(Scan::Clean),
            Ok(true) => Err(Error::problem(Code::AttachmentInfected, "nothing was kept")),
            Err(_) if self.when_down == ScannerDown::Quarantine => Ok(Scan::Quarantined),
            Err(error) => Err(error),
        }
    }

    async fn ask_scanner(&self, place: &Path) -> Result<bool> {
        let Some(scanner) = &self.scanner else {
            return Ok(false);
        };
        let content = self.store.get(place).await.map_err(failed)?;
        let content = content.into_stream().map_err(std::io::Error::other);
        let asked = tokio::time::timeout(PATIENCE, ask_clamd(scanner, content)).await;
        let answer = asked.unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut)));
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                tracing::error!(%error, "the virus scanner does not answer");
                return Err(Error::problem(Code::ScannerDown, "the virus scanner does not answer"));
            }
        };
        let text = String::from_utf8_lossy(&answer);
        let text = text.trim_matches(['\0', '\n', ' ']);
        if text.ends_with("FOUND") {
            tracing::warn!(finding = text, "an infected file was refused");
            return Ok(true);
        }
        if text.ends_with("OK") {
            return Ok(false);
        }
        tracing::error!(answer = text, "the virus scanner cannot scan");
        Err(Error::problem(Code::ScannerDown, "the virus scanner cannot scan this"))
    }
}

fn in_folder(folder: &FilePath) -> Result<Arc<dyn ObjectStore>> {
    let cannot = |e: &dyn std::fmt::Display| Error::internal(format!("files: {}: {e}", folder.display()));
    std::fs::create_dir_all(folder).map_err(|e| cannot(&e))?;
    let store = LocalFileSystem::new_with_prefix(folder).map_err(|e| cannot(&e))?;
    Ok(Arc::new(store.with_fsync(true)))
}

async fn read_into<S>(upload: &mut WriteMultipart, most: u64, source: &mut S) -> Result<(Media, u64, [u8; 32])>
where
    S: Stream<Item = Result<Bytes>> + Unpin,
{
    let (mut sniffer, mut hasher, mut bytes) = (Sniffer::default(), Sha256::new(), 0_u64);
    while let Some(piece) = source.next().await {
        let piece = piece?;
        bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
        if bytes > most {
            return Err(Error::problem(Code::TooLarge, format!("at most {most} bytes")));
        }
        sniffer.feed(&piece);
        hasher.update(&piece);
        upload.wait_for_capacity(2).await.map_err(failed)?;
        upload.put(piece);
    }
    Ok((sniffer.finish()?, bytes, hasher.finalize().into()))
}

/// clamd's INSTREAM, over TCP or a socket in the file system.
async fn ask_clamd<S>(scanner: &str, content: S) -> std::io::Result<Vec<u8>>
where
    S: Stream<Item = std::io::Result<Bytes>>,
{
    #[cfg(unix)]
    if scanner.starts_with('/') {
        let socket = clamav_client::tokio::Socket { socket_path: scanner };
        return clamav_client::tokio::scan_stream(content, socket, None).await;
    }
    let tcp = clamav_client::tokio::Tcp { host_address: scanner };
    clamav_client::tokio::scan_stream(content, tcp, None).await
}
