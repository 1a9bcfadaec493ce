//! A file in a request: as it is, or in a form.

use std::cell::Cell;
use std::future::{Future, Ready, poll_fn, ready};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::stream::LocalBoxStream;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use utoipa::IntoParams;

use super::edge::Edge;
use super::pace::Pace;
use super::unread::Reading;
use crate::error::{Code, Error, Result};

/// How a file comes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UploadQuery {
    /// What the file is called; for people to read. A form may leave it to the file.
    pub(super) name: Option<String>,
    /// Whether the customer is to see what staff attach; `false` when left out.
    pub(super) shared: Option<bool>,
}

/// A file that is about to be read.
pub(crate) struct Upload {
    headers: HeaderMap,
    pace: Pace,
    reading: Reading,
}

impl FromRequest for Upload {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Ok(Self {
            headers: req.headers().clone(),
            pace: req
                .app_data::<web::Data<Edge>>()
                .map(|edge| edge.pace)
                .unwrap_or_default(),
            reading: Reading::of(req, payload),
        }))
    }
}

/// What a form may be larger than its file, bytes.
const FORM: u64 = 16 * 1024;

impl Upload {
    /// Refuses what says itself that it is too large.
    pub(super) fn check_length(&self, most: u64) -> Result<()> {
        let length = self
            .headers
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        match length {
            Some(length) if length > most.saturating_add(FORM) => {
                Err(Error::problem(Code::TooLarge, format!("at most {most} bytes")))
            }
            _ => Ok(()),
        }
    }

    /// The name, if the request gives one, and the content.
    pub(super) async fn open(self) -> Result<(Option<String>, LocalBoxStream<'static, Result<Bytes>>)> {
        if !self.is_form() {
            return Ok((None, self.paced().0));
        }
        let mut form = self.form();
        let field = form.next().await?;
        let Some(field) = field.filter(|field| field.name() == Some("file")) else {
            return Err(Error::problem(
                Code::BadRequest,
                "the form needs one field `file`, the first",
            ));
        };
        Ok((file_name(&field), form.content_of(field)))
    }

    /// The fields of a form of at most `limit` bytes, up to its first file; and the files.
    ///
    /// # Errors
    /// `request.malformed` when it is no form; `request.too_large`.
    pub(crate) async fn fields(self, limit: usize) -> Result<(Vec<(String, String)>, MoreFiles)> {
        if !self.is_form() {
            return Err(Error::problem(Code::BadRequest, "not a form that can be read"));
        }
        let mut files = MoreFiles {
            form: self.form(),
            next: None,
        };
        let (mut fields, mut left) = (Vec::new(), limit);
        while let Some(mut field) = files.form.next().await? {
            if file_name(&field).is_some_and(|name| !name.is_empty()) {
                files.next = Some(field);
                break;
            }
            let name = field.name().unwrap_or_default().to_owned();
            let mut value = Vec::new();
            while let Some(piece) = unless_cut_off(field.try_next(), &files.form.ended).await? {
                left = left
                    .checked_sub(piece.len())
                    .ok_or_else(|| Error::problem(Code::TooLarge, format!("at most {limit} bytes")))?;
                value.extend_from_slice(&piece);
            }
            // A place for a file, and none was chosen.
            if file_name(&field).is_none() {
                fields.push((name, String::from_utf8_lossy(&value).into_owned()));
            }
        }
        Ok((fields, files))
    }

    /// The same as the extractor, at once.
    pub(crate) fn extract_now(req: &HttpRequest, payload: &mut Payload) -> Result<Self> {
        Self::from_request(req, payload).into_inner()
    }

    fn is_form(&self) -> bool {
        let essence = self
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.split(';').next())
            .map(|text| text.trim().to_ascii_lowercase());
        essence.as_deref() == Some("multipart/form-data")
    }

    fn form(self) -> PacedForm {
        let headers = self.headers.clone();
        let (paced, ended) = self.paced();
        let inner = paced.map_err(|error| PayloadError::Io(std::io::Error::other(error)));
        PacedForm {
            form: Multipart::new(&headers, inner.boxed_local()),
            ended,
        }
    }

    /// The body, at its pace; and whether it has ended.
    fn paced(self) -> (LocalBoxStream<'static, Result<Bytes>>, Rc<Cell<bool>>) {
        let ended = Rc::new(Cell::new(false));
        let (start, at_end) = ((self.reading, self.pace.start()), Rc::clone(&ended));
        let paced = stream::try_unfold(start, move |(mut reading, mut paced)| {
            let at_end = Rc::clone(&at_end);
            async move {
                let next = paced.next(reading.payload()).await?;
                at_end.set(next.is_none());
                Ok::<_, Error>(next.map(|piece| (piece, (reading, paced))))
            }
        });
        (paced.boxed_local(), ended)
    }
}

/// A form while it comes in.
struct PacedForm {
    form: Multipart,
    ended: Rc<Cell<bool>>,
}

impl PacedForm {
    async fn next(&mut self) -> Result<Option<Field>> {
        unless_cut_off(self.form.try_next(), &self.ended).await
    }

    /// The content of a field, to which the form belongs from now on: without it, the field would end. A form with
    /// another file is refused at the end, so that nobody believes that both were kept.
    fn content_of(self, field: Field) -> LocalBoxStream<'static, Result<Bytes>> {
        stream::try_unfold((self, field), |(mut form, mut field)| async move {
            if let Some(piece) = unless_cut_off(field.try_next(), &form.ended).await? {
                return Ok(Some((piece, (form, field))));
            }
            drop(field);
            form.no_more_files().await.map(|()| None)
        })
        .boxed_local()
    }

    async fn no_more_files(&mut self) -> Result<()> {
        while let Some(field) = self.next().await? {
            if field.name() == Some("file") || file_name(&field).is_some_and(|name| !name.is_empty()) {
                return Err(Error::problem(
                    Code::BadRequest,
                    "one file in a request: send the others each in a request of its own",
                ));
            }
        }
        Ok(())
    }
}

/// The files of a form, one after the other.
pub(crate) struct MoreFiles {
    form: PacedForm,
    next: Option<Field>,
}

impl MoreFiles {
    /// The next file: what it is called, and its content, which is to be read before the one after it.
    ///
    /// # Errors
    /// `request.malformed`; `request.too_slow`.
    pub(crate) async fn next(&mut self) -> Result<Option<(String, LocalBoxStream<'_, Result<Bytes>>)>> {
        let mut next = self.next.take();
        while next.is_none() {
            let Some(field) = self.form.next().await? else {
                return Ok(None);
            };
            next = file_name(&field).is_some_and(|name| !name.is_empty()).then_some(field);
        }
        let Some(field) = next else { return Ok(None) };
        let name = file_name(&field).unwrap_or_default();
        let ended = Rc::clone(&self.form.ended);
        let content = stream::try_unfold((field, ended), |(mut field, ended)| async move {
            let next = unless_cut_off(field.try_next(), &ended).await?;
            Ok(next.map(|piece| (piece, (field, ended))))
        });
        Ok(Some((name, content.boxed_local())))
    }

    /// Reads at most `most` bytes of what is left, and forgets them: a browser shows the answer to a form when it has
    /// sent the whole of it.
    pub(crate) async fn let_pass(mut self, most: u64) {
        let mut passed = 0_u64;
        while let Ok(Some((_, mut content))) = self.next().await {
            while let Ok(Some(piece)) = content.try_next().await {
                passed += u64::try_from(piece.len()).unwrap_or(u64::MAX);
                if passed > most {
                    return;
                }
            }
        }
    }
}

/// What a part of a form calls its file, if it is one.
fn file_name(field: &Field) -> Option<String> {
    let disposition = field.content_disposition()?;
    disposition.get_filename().map(str::to_owned)
}

/// The next part of a form. The reader of forms waits for ever when a body ends within the mark between two
/// parts; where nothing more can come, that is an error.
async fn unless_cut_off<T>(
    next: impl Future<Output = std::result::Result<T, MultipartError>>,
    ended: &Cell<bool>,
) -> Result<T> {
    let mut next = pin!(next);
    poll_fn(|context| match next.as_mut().poll(context) {
        Poll::Ready(found) => Poll::Ready(found.map_err(of_form)),
        Poll::Pending if ended.get() => Poll::Ready(Err(Error::problem(Code::BadRequest, "the body broke off"))),
        Poll::Pending => Poll::Pending,
    })
    .await
}

/// What went wrong in a form: our own word about the body, or that it is no form.
fn of_form(error: MultipartError) -> Error {
    if let MultipartError::Payload(PayloadError::Io(inner)) = error {
        return match inner.into_inner().map(|inner| inner.downcast::<Error>()) {
            Some(Ok(own)) => *own,
            _ => Error::problem(Code::BadRequest, "the body broke off"),
        };
    }
    Error::problem(Code::BadRequest, "not a form that can be read")
}
