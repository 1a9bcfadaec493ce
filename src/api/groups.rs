//! Addresses in groups by what they begin with, so that a request is compared with those of its own group alone.
//!
//! The router tries one pattern after the other, in each worker of the server; every pattern with a name in it is an
//! automaton that takes memory and time.

use actix_web::{Resource, Scope, web};

/// What an address begins with: `/api/v1/complaints` in the API, `/desk` of the pages; nothing for `/` itself and where
/// a name stands there, as a group of those would hold every address.
fn group_of(path: &str) -> Option<&str> {
    let parts = if path.starts_with("/api/v1/") { 3 } else { 1 };
    let end = path.match_indices('/').nth(parts).map_or(path.len(), |(at, _)| at);
    let group = path.get(..end)?;
    (group.len() > 1 && !group.contains('{')).then_some(group)
}

/// Groups in the making, in the order in which they first appeared.
#[derive(Default)]
pub(crate) struct Groups {
    scopes: Vec<(&'static str, Scope)>,
    alone: Vec<Resource>,
}

impl Groups {
    /// Adds an address; `resource` makes what serves it, of the part that is left to compare.
    pub(crate) fn add(&mut self, path: &'static str, resource: impl FnOnce(&'static str) -> Resource) {
        let Some(group) = group_of(path) else {
            self.alone.push(resource(path));
            return;
        };
        let resource = resource(path.strip_prefix(group).unwrap_or(path));
        let at = self.scopes.iter().position(|(known, _)| *known == group);
        let scope = at.map_or_else(|| web::scope(group), |at| self.scopes.remove(at).1);
        let place = at.unwrap_or(self.scopes.len());
        self.scopes.insert(place, (group, scope.service(resource)));
    }

    /// Registers all of them.
    pub(crate) fn register(self, cfg: &mut web::ServiceConfig) {
        for (_, scope) in self.scopes {
            cfg.service(scope);
        }
        for resource in self.alone {
            cfg.service(resource);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::group_of;

    #[test]
    fn an_address_belongs_to_what_it_begins_with() {
        for (path, group) in [
            ("/api/v1/complaints", Some("/api/v1/complaints")),
            ("/api/v1/complaints/{id}/steps", Some("/api/v1/complaints")),
            ("/desk/complaints/{id}", Some("/desk")),
            ("/assets/{name}", Some("/assets")),
            ("/livez", Some("/livez")),
            ("/", None),
            ("/{token}", None),
        ] {
            assert_eq!(group_of(path), group);
        }
    }
}
