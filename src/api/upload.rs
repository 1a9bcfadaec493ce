//! A file in a request: as it is, or in a form.

use std::cell::Cell;
use std::future::{Future, Ready, poll_fn, ready};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use actix_multipart::{Multipart, MultipartError};
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
pub(super) struct Upload {
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
        let essence = self
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.split(';').next())
            .map(|text| text.trim().to_ascii_lowercase());
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
        if essence.as_deref() != Some("multipart/form-data") {
            return Ok((None, paced.boxed_local()));
        }
        let inner = paced.map_err(|error| PayloadError::Io(std::io::Error::other(error)));
        let mut form = Multipart::new(&self.headers, inner.boxed_local());
        let field = unless_cut_off(form.try_next(), &ended).await?;
        let Some(field) = field.filter(|field| field.name() == Some("file")) else {
            return Err(Error::problem(
                Code::BadRequest,
                "the form needs one field `file`, the first",
            ));
        };
        let name = field
            .content_disposition()
            .and_then(|disposition| disposition.get_filename().map(str::to_owned));
        // The form is kept with its field: without it, the field would end.
        let content = stream::try_unfold((form, field, ended), |(form, mut field, ended)| async move {
            let next = unless_cut_off(field.try_next(), &ended).await?;
            Ok(next.map(|piece| (piece, (form, field, ended))))
        });
        Ok((name, content.boxed_local()))
    }
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
