//! Which process does a job: a row with a name and an end, on either database.

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::job_leases::dsl;
use crate::db::types::Instant;
use crate::error::Result;

/// Takes or renews the lease of a job; false while another process holds it.
pub(super) fn take(conn: &mut Conn, job: &str, holder: &str, now: Moment, until: Moment) -> Result<bool> {
    let taken = diesel::sql_query(
        "INSERT INTO job_leases (job, holder, until) VALUES ($1, $2, $3)
         ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, until = excluded.until
         WHERE job_leases.holder = excluded.holder OR job_leases.until < $4",
    )
    .bind::<Text, _>(job)
    .bind::<Text, _>(holder)
    .bind::<Instant, _>(until)
    .bind::<Instant, _>(now)
    .execute(conn)?;
    Ok(taken == 1)
}

/// Lets go of every job that `holder` has.
pub(super) fn release_all(conn: &mut Conn, holder: &str) -> Result<()> {
    diesel::delete(dsl::job_leases.filter(dsl::holder.eq(holder.to_owned()))).execute(conn)?;
    Ok(())
}
