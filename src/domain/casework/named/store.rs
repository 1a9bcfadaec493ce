//! SQL of what is kept under names: a table for each kind, alike in their columns but the one of the content.

/// Says where things of a kind are kept, in the store of that kind: the type of their content, its table and column, what
/// one is called, what the audit calls it and is told of it, and the most that there are.
macro_rules! kept_by_name {
    ($content:ty, $table:ident . $column:ident, $what:literal, $object:expr, $deeds:expr, $most:literal) => {
        #[derive(Queryable, Selectable, Insertable, AsChangeset)]
        #[diesel(table_name = $table, primary_key(slug))]
        struct Row {
            slug: String,
            title: String,
            $column: $crate::db::types::Json<$content>,
            created_at: $crate::clock::Moment,
            updated_at: $crate::clock::Moment,
            updated_by: String,
            version: i32,
        }

        impl Row {
            fn of(one: &Named<$content>) -> Self {
                Self {
                    slug: one.slug.clone(),
                    title: one.title.clone(),
                    $column: $crate::db::types::Json(one.content.clone()),
                    created_at: one.created_at,
                    updated_at: one.updated_at,
                    updated_by: one.updated_by.clone(),
                    version: one.version,
                }
            }
        }

        impl From<Row> for Named<$content> {
            fn from(row: Row) -> Self {
                Self {
                    slug: row.slug,
                    title: row.title,
                    content: row.$column.0,
                    created_at: row.created_at,
                    updated_at: row.updated_at,
                    updated_by: row.updated_by,
                    version: row.version,
                }
            }
        }

        impl Content for $content {
            const WHAT: &'static str = $what;
            const FIELD: &'static str = stringify!($column);
            const OBJECT: ObjectKind = $object;
            const DEEDS: [&'static str; 2] = $deeds;
            const MOST: usize = $most;

            fn find(conn: &mut Conn, slug: &str) -> Result<Option<Named<Self>>> {
                let found: Option<Row> = $table::table
                    .find(slug.to_owned())
                    .select(Row::as_select())
                    .first(conn)
                    .optional()?;
                Ok(found.map(Named::from))
            }

            fn all(conn: &mut Conn) -> Result<Vec<Named<Self>>> {
                let rows: Vec<Row> = $table::table
                    .order($table::slug.asc())
                    .select(Row::as_select())
                    .load(conn)?;
                Ok(rows.into_iter().map(Named::from).collect())
            }

            fn count(conn: &mut Conn) -> Result<usize> {
                let n: i64 = $table::table.count().get_result(conn)?;
                Ok(usize::try_from(n).unwrap_or(usize::MAX))
            }

            fn insert(conn: &mut Conn, one: &Named<Self>) -> Result<()> {
                let done = $crate::insert_rows!(conn, $table::table, &[Row::of(one)]);
                done.map_err(Error::from)
                    .map_err(|error| match error.is_unique_violation() {
                        true => Error::Retry(concat!("the ", $what, " was written meanwhile")),
                        false => error,
                    })?;
                Ok(())
            }

            fn update(conn: &mut Conn, before: i32, one: &Named<Self>) -> Result<()> {
                let there = $table::table
                    .find(one.slug.clone())
                    .filter($table::version.eq(before));
                match diesel::update(there).set(&Row::of(one)).execute(conn)? {
                    1 => Ok(()),
                    _ => Err(Error::Retry(concat!("the ", $what, " changed meanwhile"))),
                }
            }

            fn remove(conn: &mut Conn, slug: &str) -> Result<()> {
                diesel::delete($table::table.find(slug.to_owned())).execute(conn)?;
                Ok(())
            }
        }
    };
}

pub(in crate::domain::casework) use kept_by_name;
