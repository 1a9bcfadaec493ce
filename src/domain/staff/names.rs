//! What people are called, for pages: records hold handles, which never change; colleagues know each other by name.

use std::collections::BTreeMap;

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
        let mut names = Self::default();
        for (handle, name, left) in people {
            let is_one = called.get(name.as_str()).is_none_or(|n| *n < 2);
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
}
