//! Whose request it is, when proxies pass it on.

use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

use crate::settings::edge::{EdgeSettings, ForwardedHeader};

/// Which proxies are believed, and where they write what they know.
#[derive(Debug, Clone)]
pub struct Proxies {
    trusted: Vec<IpNet>,
    header: ForwardedHeader,
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The address of the client, as far as those who are believed say.
    pub address: Option<IpAddr>,
    /// Whether the client speaks TLS with the outermost proxy that is believed.
    pub tls: bool,
}

impl Proxies {
    /// As the settings say.
    pub fn new(settings: &EdgeSettings) -> Self {
        Self {
            trusted: settings.trusted_proxies.clone(),
            header: settings.forwarded_header,
        }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// Where a request comes from.
    pub fn origin_of(&self, req: &HttpRequest) -> Origin {
        self.origin(req.peer_addr().map(|peer| peer.ip()), req.headers())
    }

    /// The right-most address that is no proxy of ours: everything to its left may be made up.
    pub fn origin(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Origin {
        let peer = peer.map(|peer| peer.to_canonical());
        let Some(mut address) = peer.filter(|peer| self.trusts(*peer)) else {
            return Origin {
                address: peer,
                tls: false,
            };
        };
        let hops = match self.header {
            ForwardedHeader::XForwardedFor => x_forwarded_for(headers),
            ForwardedHeader::Forwarded => forwarded(headers),
        };
        let mut tls = false;
        for hop in hops.iter().rev() {
            // What stands in this entry was written by the hop after it, which is believed.
            tls = hop.tls;
            let Some(from) = hop.address else { break };
            address = from;
            if !self.trusts(address) {
                break;
            }
        }
        Origin {
            address: Some(address),
            tls,
        }
    }
}

/// One entry of such a header; no address where it cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    address: Option<IpAddr>,
    tls: bool,
}

/// An address, with or without a port, in brackets or not.
pub fn read_address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"').trim();
    let address = text
        .parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()))
        .or_else(|_| text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>());
    address.ok().map(|address| address.to_canonical())
}

fn texts<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
    headers
        .get_all(name)
        // Bytes that are no text are an entry that cannot be read, not an entry less.
        .map(|value| value.to_str().unwrap_or("?"))
        .collect()
}

fn x_forwarded_for(headers: &HeaderMap) -> Vec<Hop> {
    let tls = texts(headers, "x-forwarded-proto")
        .last()
        .and_then(|text| text.rsplit(',').next())
        .is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"));
    texts(headers, "x-forwarded-for")
        .iter()
        .flat_map(|line| line.split(','))
        .map(|entry| Hop {
            address: read_address(entry),
            tls,
        })
        .collect()
}

fn forwarded(headers: &HeaderMap) -> Vec<Hop> {
    texts(headers, "forwarded")
        .iter()
        .flat_map(|line| read_forwarded(line))
        .collect()
}

/// The entries of a `Forwarded` header. Commas and semicolons within quotes belong to the value.
pub fn read_forwarded(line: &str) -> Vec<Hop> {
    split_outside_quotes(line, ',')
        .into_iter()
        .map(|entry| {
            let mut hop = Hop {
                address: None,
                tls: false,
            };
            for pair in split_outside_quotes(entry, ';') {
                let Some((name, value)) = pair.split_once('=') else {
                    continue;
                };
                match name.trim().to_ascii_lowercase().as_str() {
                    "for" => hop.address = read_address(value),
                    "proto" => hop.tls = value.trim().trim_matches('"').eq_ignore_ascii_case("https"),
                    _ => {}
                }
            }
            hop
        })
        .collect()
}

fn split_outside_quotes(text: &str, at: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(move |c| {
        if c == '"' {
            quoted = !quoted;
        }
        c == at && !quoted
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn origin(header: ForwardedHeader, peer: &str, lines: &[(&str, &str)]) -> (String, bool) {
        let proxies = Proxies {
            trusted: vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()],
            header,
        };
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        let origin = proxies.origin(Some(peer.parse().unwrap()), &headers);
        (origin.address.unwrap().to_string(), origin.tls)
    }

    #[test]
    fn only_proxies_of_ours_are_believed() {
        let by = |peer, value| origin(ForwardedHeader::XForwardedFor, peer, &[("x-forwarded-for", value)]).0;
        assert_eq!(
            by("203.0.113.9", "198.51.100.1"),
            "203.0.113.9",
            "a stranger says what it likes"
        );
        assert_eq!(by("10.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(by("::ffff:10.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(
            by("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2"),
            "198.51.100.1",
            "the right-most stranger"
        );
        assert_eq!(
            by("10.0.0.1", "1.1.1.1, unknown"),
            "10.0.0.1",
            "what cannot be read ends the chain"
        );
        assert_eq!(by("10.0.0.1", ""), "10.0.0.1");
        assert_eq!(by("fd00::1", "[2001:db8::7]:4711"), "2001:db8::7");
    }

    #[test]
    fn several_lines_are_one_list() {
        let lines = [
            ("x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-for", "2.2.2.2"),
            ("x-forwarded-proto", "https"),
        ];
        let found = origin(ForwardedHeader::XForwardedFor, "10.0.0.1", &lines);
        assert_eq!(found, ("2.2.2.2".to_owned(), true));
    }

    #[test]
    fn the_header_that_was_not_chosen_is_not_read() {
        let lines = [("forwarded", "for=1.1.1.1"), ("x-forwarded-for", "2.2.2.2")];
        assert_eq!(origin(ForwardedHeader::XForwardedFor, "10.0.0.1", &lines).0, "2.2.2.2");
        assert_eq!(origin(ForwardedHeader::Forwarded, "10.0.0.1", &lines).0, "1.1.1.1");
    }

    #[test]
    fn a_forwarded_header_is_read_as_the_rfc_has_it() {
        let by = |value| origin(ForwardedHeader::Forwarded, "10.0.0.1", &[("forwarded", value)]);
        assert_eq!(
            by("for=192.0.2.60;proto=https;by=203.0.113.43"),
            ("192.0.2.60".to_owned(), true)
        );
        assert_eq!(by(r#"For="[2001:db8:cafe::17]:4711""#).0, "2001:db8:cafe::17");
        assert_eq!(by(r#"for=1.1.1.1;host="a,b;for=9.9.9.9", for=2.2.2.2"#).0, "2.2.2.2");
        assert_eq!(by("for=_hidden").0, "10.0.0.1");
        assert_eq!(by("for=\"").0, "10.0.0.1");
    }
}
