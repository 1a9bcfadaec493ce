//! What a file is, by its content. Its name and what the sender calls it do not count.

use crate::error::{Code, Error, Result};
use crate::text_enum;

text_enum! {
    /// The types that may be attached.
    Media {
        /// A photo.
        Jpeg = "image/jpeg",
        /// A picture.
        Png = "image/png",
        /// A picture.
        Webp = "image/webp",
        /// A photo of a newer phone.
        Heic = "image/heic",
        /// A document.
        Pdf = "application/pdf",
        /// Text in UTF-8, without markup.
        Text = "text/plain",
        /// A recording.
        Mp3 = "audio/mpeg",
        /// A recording.
        M4a = "audio/mp4",
        /// A recording.
        Ogg = "audio/ogg",
        /// A recording.
        Wav = "audio/wav",
        /// A film.
        Mp4 = "video/mp4",
    }
}

impl Media {
    /// Whether it may be the recording of a call.
    pub const fn is_sound(self) -> bool {
        matches!(self, Self::Mp3 | Self::M4a | Self::Ogg | Self::Wav)
    }

    /// The endings of a name that fit, the usual one first.
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Webp => &["webp"],
            Self::Heic => &["heic", "heif"],
            Self::Pdf => &["pdf"],
            Self::Text => &["txt", "log", "csv", "md"],
            Self::Mp3 => &["mp3"],
            Self::M4a => &["m4a"],
            Self::Ogg => &["ogg", "oga", "opus"],
            Self::Wav => &["wav"],
            Self::Mp4 => &["mp4", "m4v"],
        }
    }

    /// By the first bytes; `None` for text and for everything else.
    fn by_signature(head: &[u8]) -> Option<Self> {
        Some(match infer::get(head).map(|found| found.mime_type()) {
            Some("image/jpeg") => Self::Jpeg,
            Some("image/png") => Self::Png,
            Some("image/webp") => Self::Webp,
            Some("image/heif" | "image/heic") => Self::Heic,
            Some("application/pdf") => Self::Pdf,
            Some("audio/mpeg") => Self::Mp3,
            Some("audio/m4a" | "audio/x-m4a" | "audio/mp4") => Self::M4a,
            Some("audio/ogg" | "audio/opus") => Self::Ogg,
            Some("audio/x-wav" | "audio/wav") => Self::Wav,
            Some("video/mp4") => Self::Mp4,
            None if is_mp3_frame(head) => Self::Mp3,
            _ => return None,
        })
    }
}

/// The other frame headers of layer III, with and without a checksum, in MPEG 1, 2 and 2.5.
fn is_mp3_frame(head: &[u8]) -> bool {
    let [0xff, second, third, ..] = head else { return false };
    let layer_three = second & 0xe6 == 0xe2 && second & 0x18 != 0x08;
    let (bit_rate, sampling) = (third >> 4, third >> 2 & 3);
    layer_three && bit_rate != 0 && bit_rate != 15 && sampling != 3
}

/// How much of the beginning is looked at.
const HEAD: usize = 8 * 1024;

/// Markup that a browser would run, wherever it stands in the beginning of a file.
const MARKUP: &[&[u8]] = &[
    b"<!doctype",
    b"<html",
    b"<head",
    b"<body",
    b"<script",
    b"<svg",
    b"<iframe",
    b"<?php",
    b"<?xml-stylesheet",
];

/// Looks at a file while it goes by.
#[derive(Debug, Default)]
pub struct Sniffer {
    head: Vec<u8>,
    /// The bytes of a character that was cut off.
    rest: Vec<u8>,
    not_text: bool,
}

impl Sniffer {
    /// Takes the next piece.
    pub fn feed(&mut self, piece: &[u8]) {
        let room = HEAD.saturating_sub(self.head.len());
        self.head.extend(piece.iter().take(room));
        if !self.not_text {
            self.rest.extend_from_slice(piece);
            self.read_text();
        }
    }

    fn read_text(&mut self) {
        let bytes = std::mem::take(&mut self.rest);
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text,
            // Cut off within a character: the rest of it comes with the next piece.
            Err(error) if error.error_len().is_none() => {
                let (read, rest) = bytes.split_at(error.valid_up_to());
                self.rest = rest.to_vec();
                std::str::from_utf8(read).unwrap_or_default()
            }
            Err(_) => {
                self.not_text = true;
                return;
            }
        };
        self.not_text = text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}'));
    }

    /// What it is.
    ///
    /// # Errors
    /// `attachment.type_not_allowed`, also for a picture that is a web page at the same time.
    pub fn finish(self) -> Result<Media> {
        let refused = |detail: &str| Err(Error::problem(Code::AttachmentType, detail));
        if self.head.is_empty() {
            return refused("the file is empty");
        }
        let lower = self.head.to_ascii_lowercase();
        let markup = MARKUP
            .iter()
            .any(|mark| lower.windows(mark.len()).any(|window| window == *mark));
        if markup {
            return refused("the content is a web page, or may be taken for one");
        }
        if let Some(media) = Media::by_signature(&self.head) {
            return Ok(media);
        }
        if self.not_text || !self.rest.is_empty() {
            return refused("the content is of none of the types that may be attached");
        }
        let text = lower.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&lower);
        match text.trim_ascii_start().first() {
            Some(b'<') => refused("the content is markup; text is taken as plain text only"),
            Some(_) => Ok(Media::Text),
            None => refused("the file is blank"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(content: &[u8]) -> std::result::Result<Media, Code> {
        let mut sniffer = Sniffer::default();
        // In pieces, as it comes from the network.
        content.chunks(3).for_each(|piece| sniffer.feed(piece));
        sniffer.finish().map_err(|error| error.code())
    }

    #[test]
    fn a_file_is_what_its_content_says() {
        let samples: [(&[u8], Media); 13] = [
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0", Media::Jpeg),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Media::Png),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Media::Webp),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Media::Heic),
            (b"%PDF-1.7\n", Media::Pdf),
            (b"ID3\x04\0\0\0\0\0\0", Media::Mp3),
            (b"\xff\xf3\x48\xc4\0\0\0\0", Media::Mp3),
            (b"\0\0\0\x20ftypM4A \0\0\0\0", Media::M4a),
            (b"OggS\0\x02\0\0\0\0\0\0\0\0", Media::Ogg),
            (b"RIFF\x24\0\0\0WAVEfmt ", Media::Wav),
            (b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41", Media::Mp4),
            ("收据：退款 99 元\r\n".as_bytes(), Media::Text),
            (b"\xef\xbb\xbfwith a mark\tand a tab", Media::Text),
        ];
        for (content, expected) in samples {
            assert_eq!(media(content), Ok(expected), "{expected}");
        }
    }

    #[test]
    fn everything_else_is_refused_whatever_it_is_called() {
        let samples: [&[u8]; 16] = [
            b"",
            b"  \r\n",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
            b"<?xml version=\"1.0\"?><note/>",
            b"\xef\xbb\xbf <note/>",
            b"<!DOCTYPE html><html></html>",
            b"hello <ScRiPt>alert(1)</ScRiPt>",
            b"\xff\xd8\xff\xe0\0\x10JFIF\0 <html><body onload=alert(1)>",
            b"GIF89a/*<svg*/",
            b"PK\x03\x04\x14\0",
            b"MZ\x90\0\x03",
            b"\x7fELF\x02\x01\x01",
            b"\xca\xfe\xba\xbe\0\0\0\x32",
            b"\xff\xfeh\0i\0",
            b"text with a NUL \0",
            b"text cut off \xe4\xbd",
        ];
        for content in samples {
            assert_eq!(media(content), Err(Code::AttachmentType), "{}", content.escape_ascii());
        }
    }
}
