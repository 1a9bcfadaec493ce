//! What people are called, for pages: records hold handles, which never change; colleagues know each other by name.

use std::collections::{BTreeMap, BTreeSet};

use super::actor::Act;
use super::roles::Permission;
use super::store;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::error::Result;

/// How many are offered to choose from. More would weigh more than the rest of the page.
const OFFERED: usize = 200;

/// The names behind handles.
#[derive(Debug, Default)]
pub struct Names {
    shown: BTreeMap<String, String>,
    here: Vec<(String, String)>,
}

impl Names {
    /// No names: everybody is called by their handle.
    pub const NONE: &'static Self = &Self {
        shown: BTreeMap::new(),
        here: Vec::new(),
    };

    /// Everybody's name, for those who may read the staff; for others no names.
    ///
    /// # Errors
    /// When the database fails.
    pub fn seen_by(conn: &mut Conn, act: &Act) -> Result<Self> {
        if !act.actor.may(Permission::ReadStaff) {
            return Ok(Self::default());
        }
        Ok(Self::of_people(&store::names(conn)?))
    }

    fn of_people(people: &[(String, String, Option<Moment>)]) -> Self {
        let mut called: BTreeMap<&str, u32> = BTreeMap::new();
        for (_, name, _) in people {
            *called.entry(name).or_default() += 1;
        }
        let handles: BTreeSet<&str> = people.iter().map(|(handle, ..)| handle.as_str()).collect();
        let mut names = Self::default();
        for (handle, name, left) in people {
            // Nobody is called what is another one's handle, so that a name said means one person.
            let is_one = called.get(name.as_str()).is_none_or(|n| *n < 2)
                && (name == handle || !handles.contains(name.as_str()));
            let shown = match is_one {
                true => name.clone(),
                false => format!("{name} ({handle})"),
            };
            if left.is_none() && names.here.len() < OFFERED {
                names.here.push((handle.clone(), shown.clone()));
            }
            names.shown.insert(handle.clone(), shown);
        }
        names
    }

    /// What somebody is called, with their handle where two have the same name; what is no handle stays as it is.
    pub fn of<'a>(&'a self, handle: &'a str) -> &'a str {
        self.shown.get(handle).map_or(handle, String::as_str)
    }

    /// The handle of whoever is meant, by handle or as [`Names::of`] calls them; what nobody is called stays as it is.
    pub fn meant<'a>(&'a self, said: &'a str) -> &'a str {
        let said = said.trim();
        if self.shown.contains_key(said) {
            return said;
        }
        let found = self
            .shown
            .iter()
            .find(|(_, shown)| shown.to_lowercase() == said.to_lowercase());
        found.map_or(said, |(handle, _)| handle)
    }

    /// Handle and name, as [`Names::of`] has it, of those who work here now, by handle: the first 200, as a page offers them to choose from.
    pub fn here(&self) -> &[(String, String)] {
        &self.here
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namesakes_are_told_apart_and_those_who_left_are_still_called_by_name() {
        let person = |handle: &str, name: &str, left| (handle.to_owned(), name.to_owned(), left);
        let names = Names::of_people(&[
            person("li.na", "李娜", None),
            person("wang.wei", "王伟", None),
            person("wang.wei2", "王伟", Some(Moment::EPOCH)),
            person("zhao.lei", "赵磊", Some(Moment::EPOCH)),
        ]);
        let shown = ["li.na", "wang.wei", "wang.wei2", "zhao.lei", "hark"].map(|handle| names.of(handle));
        assert_eq!(shown, ["李娜", "王伟 (wang.wei)", "王伟 (wang.wei2)", "赵磊", "hark"]);
        assert_eq!(names.here().len(), 2);
    }

    #[test]
    fn a_name_means_one_person_or_nobody() {
        let person = |handle: &str, name: &str| (handle.to_owned(), name.to_owned(), None);
        let names = Names::of_people(&[
            person("li.na", "Li Na"),
            person("anna", "mary"),
            person("mary", "马丽"),
            person("wang.wei", "王伟"),
            person("wang.wei2", "王伟"),
            person("sun.li", "sun.li"),
        ]);
        let said = [
            "li.na",
            " li na ",
            "马丽",
            "mary",
            "mary (anna)",
            "王伟 (wang.wei2)",
            "王伟",
            "sun.li",
            "nobody",
        ];
        let meant = [
            "li.na",
            "li.na",
            "mary",
            "mary",
            "anna",
            "wang.wei2",
            "王伟",
            "sun.li",
            "nobody",
        ];
        assert_eq!(names.of("sun.li"), "sun.li");
        assert_eq!(said.map(|said| names.meant(said)), meant);
    }
}
