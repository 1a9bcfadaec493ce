//! What stands around a body: cursors, ids, queries and headers, read from a request as the API reads them.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::LazyLock;

use actix_web::FromRequest as _;
use actix_web::http::Uri;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::test::TestRequest;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{place, refused};
use crate::api::extract::{self, IfMatch, Query};
use crate::api::limits::address::{self, Proxies};
use crate::api::{
    attachments, audit, bulk, call_backs, complaints, customers, open_id, page, reports, staff, teams, upload, work,
};
use crate::clock::Moment;
use crate::domain::complaints::listing::Cursor;
use crate::error::Result;
use crate::ids::{CallBackId, CustomerId};
use crate::settings::edge::{EdgeSettings, ForwardedHeader};

/// Any text where an address or a header is.
pub fn addresses(bytes: &[u8]) {
    let Some((choice, rest)) = bytes.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    match place(*choice, 8) {
        0 => cursors(&text),
        1 => queries(&text),
        2 => version(rest),
        3 => key_and_purpose(rest),
        4 => forwarded(&text),
        5 => proxies(rest),
        6 => range(rest),
        _ => paths(&text),
    }
}

/// What a cursor says, said again, is the same.
fn cursor<C: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) {
    match page::decode::<C>(Some(text)) {
        Ok(None) => {}
        Ok(Some(read)) => match page::encode(&read) {
            Ok(again) => assert_eq!(page::decode::<C>(Some(&again)).ok().flatten().as_ref(), Some(&read)),
            Err(error) => refused(&error),
        },
        Err(error) => refused(&error),
    }
}

fn cursors(text: &str) {
    use base64::Engine as _;
    // As it comes, and what a fuzzer would hardly find: JSON of its own making in base 64.
    for text in [text, &base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)] {
        cursor::<Cursor>(text);
        cursor::<CustomerId>(text);
        cursor::<(Moment, CallBackId)>(text);
        cursor::<i64>(text);
    }
}

fn query<T: DeserializeOwned + 'static>(uri: &Uri) -> Result<()> {
    let req = TestRequest::default().uri(&uri.to_string()).to_http_request();
    Query::<T>::extract(&req).into_inner().map(drop)
}

fn queries(text: &str) {
    let Ok(uri) = format!("/?{text}").parse::<Uri>() else {
        return;
    };
    let read = [
        query::<complaints::ComplaintQuery>,
        query::<complaints::PageQuery>,
        query::<call_backs::CallBackQuery>,
        query::<customers::CustomerQuery>,
        query::<audit::AuditQuery>,
        query::<audit::SealQuery>,
        query::<staff::StaffQuery>,
        query::<teams::TeamQuery>,
        query::<upload::UploadQuery>,
        query::<attachments::RemovalQuery>,
        query::<open_id::Answer>,
        query::<reports::ReportQuery>,
        query::<reports::ReviewQuery>,
        query::<work::WorkQuery>,
        query::<work::LoadQuery>,
        query::<bulk::ResultQuery>,
    ];
    for error in read.iter().filter_map(|read| read(&uri).err()) {
        refused(&error);
    }
}

fn with_header(name: &'static str, value: &[u8]) -> Option<TestRequest> {
    let value = HeaderValue::from_bytes(value).ok()?;
    Some(TestRequest::default().insert_header((HeaderName::from_static(name), value)))
}

fn version(value: &[u8]) {
    let Some(req) = with_header("if-match", value) else {
        return;
    };
    match IfMatch::extract(&req.to_http_request()).into_inner() {
        Ok(read) => {
            let text = read.0.map(|version| format!("\"{version}\"")).unwrap_or_default();
            let again = with_header("if-match", text.as_bytes()).map(|req| req.to_http_request());
            let again = again.and_then(|req| IfMatch::extract(&req).into_inner().ok());
            assert_eq!(again.and_then(|again| again.0), read.0);
        }
        Err(error) => refused(&error),
    }
}

fn key_and_purpose(value: &[u8]) {
    if let Some(req) = with_header("idempotency-key", value) {
        match extract::key(&req.to_http_request()) {
            Ok(key) => assert_eq!(key.as_deref().map(str::as_bytes), Some(value.trim_ascii())),
            Err(error) => refused(&error),
        }
    }
    if let Some(req) = with_header("x-purpose", value) {
        match extract::purpose(&req.to_http_request()) {
            Ok(purpose) => assert!(purpose.is_some_and(|text| (1..=200).contains(&text.len()))),
            Err(error) => refused(&error),
        }
    }
}

fn forwarded(text: &str) {
    address::read_forwarded(text);
    if let Some(read) = address::read_address(text) {
        assert_eq!(address::read_address(&read.to_string()), Some(read));
        assert_eq!(read.to_canonical(), read, "the same address in two forms");
    }
}

static PROXIES: LazyLock<[Proxies; 2]> = LazyLock::new(|| {
    [ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded].map(|header| {
        Proxies::new(&EdgeSettings {
            trusted_proxies: "fd00::/8".parse().into_iter().collect(),
            forwarded_header: header,
            ..EdgeSettings::default()
        })
    })
});

/// A stranger is who they are, whatever they say; a proxy of ours is believed.
fn proxies(value: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(value) else {
        return;
    };
    let mut headers = HeaderMap::new();
    for name in ["x-forwarded-for", "forwarded", "x-forwarded-proto"] {
        headers.append(HeaderName::from_static(name), value.clone());
    }
    let stranger = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let ours = IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1));
    for proxies in PROXIES.iter() {
        let origin = proxies.origin(Some(stranger), &headers);
        assert_eq!((origin.address, origin.tls), (Some(stranger), false));
        assert!(proxies.origin(Some(ours), &headers).address.is_some());
        assert_eq!(proxies.origin(None, &headers).address, None);
    }
}

/// A part lies in the file.
fn range(bytes: &[u8]) {
    let (size, text) = bytes.split_at(bytes.len().min(2));
    let size = size.iter().fold(0, |size, byte| size << 8 | u64::from(*byte));
    let text = String::from_utf8_lossy(text);
    for text in [&*text, &format!("bytes={text}")] {
        if let Some(part) = attachments::part_of(text, size) {
            assert!(
                part.start < part.end && part.end <= size,
                "{text:?} of {size}: {part:?}"
            );
        }
    }
    let header = attachments::disposition(&text);
    assert!(
        HeaderValue::from_str(&header).is_ok() && header.is_ascii(),
        "{header:?}"
    );
    assert_eq!(header.matches('"').count(), 2, "{header:?}");
}

fn paths(text: &str) {
    let named = extract::subject(text);
    assert!(named.is_none_or(|named| !named.is_empty()));
    let id = text.parse::<uuid::Uuid>();
    let json: std::result::Result<CustomerId, _> = serde_json::from_value(text.into());
    assert_eq!(id.ok(), json.ok().map(|id| id.0), "{text:?}");
}
