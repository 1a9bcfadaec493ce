//! SQL of lists that are kept in versions: two tables for each, alike in their columns.

/// Declares, in the store of who keeps such a list, its type with [`Kept`](super::Kept): what the audit calls it and what is
/// done with it, the type of a rule, the tables of its versions and turns with the type of the ids of turns. The store
/// has `stand` and `set_stand`, for the row that says where the list stands.
#[macro_export]
macro_rules! kept_in_versions {
    (
        $(#[doc = $doc:literal])+
        $name:ident of $rule:ty, $object:expr, $deeds:expr, $versions:ident, $turns:ident with $turn_id:ident
    ) => {
        #[derive(Queryable, Selectable, Insertable)]
        #[diesel(table_name = $versions, treat_none_as_default_value = false)]
        struct VersionRow {
            version: i32,
            rules: $crate::db::types::Json<Vec<$rule>>,
            created_at: $crate::clock::Moment,
            created_by: String,
        }

        impl From<VersionRow> for $crate::domain::versions::Version<$rule> {
            fn from(row: VersionRow) -> Self {
                Self {
                    version: row.version,
                    rules: row.rules.0,
                    written_by: row.created_by,
                    written_at: row.created_at,
                }
            }
        }

        #[derive(Queryable, Selectable, Insertable)]
        #[diesel(table_name = $turns, treat_none_as_default_value = false)]
        struct TurnRow {
            id: $turn_id,
            version: Option<i32>,
            turned_at: $crate::clock::Moment,
            turned_by: String,
        }

        /// Somebody else was there at the same moment: done again, it meets what is there now.
        fn again(error: diesel::result::Error, why: &'static str) -> $crate::error::Error {
            let error = $crate::error::Error::from(error);
            match error.is_unique_violation() {
                true => $crate::error::Error::Retry(why),
                false => error,
            }
        }

        $(#[doc = $doc])+
        #[derive(Debug)]
        pub(super) struct $name;

        impl $crate::domain::versions::Kept for $name {
            type Rule = $rule;
            const OBJECT: $crate::domain::audit::ObjectKind = $object;
            const DEEDS: [&'static str; 3] = $deeds;

            fn stand(
                conn: &mut $crate::db::conn::Conn,
            ) -> $crate::error::Result<Option<$crate::domain::versions::Stand>> {
                stand(conn)
            }

            fn set_stand(
                conn: &mut $crate::db::conn::Conn,
                read: Option<i32>,
                stand: &$crate::domain::versions::Stand,
                turned: bool,
            ) -> $crate::error::Result<()> {
                set_stand(conn, read, stand, turned)
            }

            fn last(
                conn: &mut $crate::db::conn::Conn,
            ) -> $crate::error::Result<Option<$crate::domain::versions::Version<$rule>>> {
                let found: Option<VersionRow> = $versions::table
                    .order($versions::version.desc())
                    .select(VersionRow::as_select())
                    .first(conn)
                    .optional()?;
                Ok(found.map(Into::into))
            }

            fn find(
                conn: &mut $crate::db::conn::Conn,
                version: i32,
            ) -> $crate::error::Result<Option<$crate::domain::versions::Version<$rule>>> {
                let found: Option<VersionRow> = $versions::table
                    .find(version)
                    .select(VersionRow::as_select())
                    .first(conn)
                    .optional()?;
                Ok(found.map(Into::into))
            }

            fn add(
                conn: &mut $crate::db::conn::Conn,
                version: $crate::domain::versions::Version<$rule>,
            ) -> $crate::error::Result<()> {
                let row = VersionRow {
                    version: version.version,
                    rules: $crate::db::types::Json(version.rules),
                    created_at: version.written_at,
                    created_by: version.written_by,
                };
                $crate::insert_rows!(conn, $versions::table, std::slice::from_ref(&row))
                    .map_err(|error| again(error, "the rules were written meanwhile"))?;
                Ok(())
            }

            fn turns(
                conn: &mut $crate::db::conn::Conn,
                limit: i64,
            ) -> $crate::error::Result<Vec<$crate::domain::versions::Turn>> {
                let rows: Vec<TurnRow> = $turns::table
                    .order(($turns::turned_at.desc(), $turns::id.desc()))
                    .limit(limit)
                    .select(TurnRow::as_select())
                    .load(conn)?;
                let turn = |row: TurnRow| $crate::domain::versions::Turn {
                    version: row.version,
                    turned_at: row.turned_at,
                    turned_by: row.turned_by,
                };
                Ok(rows.into_iter().map(turn).collect())
            }

            fn add_turn(
                conn: &mut $crate::db::conn::Conn,
                turn: $crate::domain::versions::Turn,
            ) -> $crate::error::Result<()> {
                let row = TurnRow {
                    id: $turn_id::new(turn.turned_at),
                    version: turn.version,
                    turned_at: turn.turned_at,
                    turned_by: turn.turned_by,
                };
                $crate::insert_rows!(conn, $turns::table, std::slice::from_ref(&row))?;
                Ok(())
            }
        }
    };
}
