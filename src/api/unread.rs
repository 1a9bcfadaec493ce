//! What is left of a body that nobody wants any more. The server goes on reading, without an end, a body in
//! chunks that was dropped; one that is still held when the answer goes out closes the connection instead. So
//! it is held: by its reader, then by the request, then by the answer.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceResponse};
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest};

/// A body while it is read. When the reader is done, the request has it back.
pub(crate) struct Reading {
    payload: Payload,
    request: HttpRequest,
}

struct Unread {
    _payload: Payload,
}

impl Reading {
    pub(crate) fn of(request: &HttpRequest, payload: &mut Payload) -> Self {
        Self {
            payload: payload.take(),
            request: request.clone(),
        }
    }

    /// The body itself.
    pub(crate) fn payload(&mut self) -> &mut Payload {
        &mut self.payload
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let unread = Unread {
            _payload: self.payload.take(),
        };
        self.request.extensions_mut().insert(unread);
    }
}

/// The answer, which holds what is unread of the request.
pub(super) fn held(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let unread = response.request().extensions_mut().remove::<Unread>();
    match unread {
        Some(unread) => response.map_body(|_, body| BoxBody::new(Holding { body, _unread: unread })),
        None => response,
    }
}

struct Holding {
    body: BoxBody,
    _unread: Unread,
}

impl MessageBody for Holding {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
