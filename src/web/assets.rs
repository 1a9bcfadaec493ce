//! Style sheets, scripts and pictures of the pages, in the program itself. Their names hold a hash of their content,
//! so a browser may keep them for ever.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

use crate::api::extract::Id;
use crate::error::{Error, Result};

#[derive(RustEmbed)]
#[folder = "assets/web/"]
struct Files;

struct Asset {
    name: String,
    url: String,
    media: &'static str,
    content: std::borrow::Cow<'static, [u8]>,
}

/// By the name in the folder.
static ASSETS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    Files::iter()
        .filter_map(|plain| {
            let content = Files::get(&plain)?.data;
            let hash: String = Sha256::digest(&content)
                .iter()
                .take(5)
                .map(|b| format!("{b:02x}"))
                .collect();
            let (stem, extension) = plain.rsplit_once('.')?;
            let name = format!("{stem}.{hash}.{extension}");
            let media = match extension {
                "css" => "text/css; charset=utf-8",
                "js" => "text/javascript; charset=utf-8",
                "svg" => "image/svg+xml",
                _ => return None,
            };
            let url = format!("/assets/{name}");
            Some((
                plain.into_owned(),
                Asset {
                    name,
                    url,
                    media,
                    content,
                },
            ))
        })
        .collect()
});

/// The address of a file in `assets/web/`. A name that is not there gives an address that leads nowhere; the tests
/// fetch everything that a page names.
pub(crate) fn url(plain: &str) -> &'static str {
    ASSETS.get(plain).map_or("/assets/missing", |asset| &asset.url)
}

/// `GET /assets/{name}`
pub(super) async fn get_asset(name: Id<String>) -> Result<HttpResponse> {
    let asset = ASSETS
        .values()
        .find(|asset| asset.name == name.0)
        .ok_or_else(|| Error::not_found("file"))?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.media))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((ETAG, format!("\"{}\"", asset.name)))
        .body(asset.content.clone().into_owned()))
}
