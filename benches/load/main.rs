//! Load over HTTP on both databases, beside the limit: the same statements by pgbench, in the same run.
//!
//! `cargo bench --bench load -- [--complaints N]… [--seconds S] [--database sqlite|postgres]… [--only-bulk]`
//! Needs PostgreSQL's server programs and pgbench. `docs/benchmarks.md` says what was measured.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring program fails by panicking, prints, and reads the real clock"
)]

mod bulk;
mod client;
mod limit;
mod postgres;
mod process;
mod service;
mod texts;

use std::time::Duration;

use clap::{Parser, ValueEnum};

use self::client::{Figures, Kind, run};
use self::postgres::Cluster;
use self::service::Service;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

/// What to measure.
#[derive(Debug, Parser)]
struct Plan {
    /// How many complaints there are before the load begins.
    #[arg(long, default_values_t = [10_000, 1_000_000])]
    complaints: Vec<u64>,
    /// How long each load lasts.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Which databases.
    #[arg(long, value_enum, default_values_t = [Database::Sqlite, Database::Postgres])]
    database: Vec<Database>,
    /// How many connections.
    #[arg(long, default_values_t = [8, 32])]
    connections: Vec<usize>,
    /// Only the largest bulk action, without the load.
    #[arg(long)]
    only_bulk: bool,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

impl std::fmt::Display for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        })
    }
}

fn main() {
    let plan = Plan::parse();
    for complaints in &plan.complaints {
        for database in &plan.database {
            measure(&plan, *database, *complaints);
        }
    }
}

fn measure(plan: &Plan, database: Database, complaints: u64) {
    println!("\n## {database}, {complaints} complaints");
    // The limit is PostgreSQL's, for both.
    let cluster = Cluster::start();
    let folder = tempfile::tempdir().unwrap();
    let url = (database == Database::Postgres).then(|| cluster.url("hark"));
    let filled = Service::fill(folder.path(), url.as_deref(), complaints);
    println!("filled in {:.1} s", filled.as_secs_f64());
    if database == Database::Sqlite {
        // Something for pgbench to work on.
        Service::fill(folder.path(), Some(&cluster.url("hark")), 10_000.min(complaints));
        drop(Service::start(folder.path(), Some(&cluster.url("hark"))));
    }
    let service = Service::start(folder.path(), url.as_deref());
    println!("start to ready: {} ms", service.start_up.as_millis());
    let seconds = Duration::from_secs(plan.seconds);
    let connections = plan.connections.iter().filter(|_| !plan.only_bulk);
    for connections in connections {
        for kind in Kind::ALL {
            let before = cluster.cpu();
            let limit = limit::measure(&cluster, *kind, *connections, plan.seconds);
            let limit_cpu = cluster.cpu() - before;
            let before = cluster.cpu();
            let figures = run(&service, *kind, *connections, seconds);
            let database_cpu = (database == Database::Postgres).then(|| cluster.cpu() - before);
            let after = limit::measure(&cluster, *kind, *connections, plan.seconds);
            report(*kind, *connections, &figures, (limit, after), (limit_cpu, database_cpu));
            let (most, now) = service.memory_mib();
            println!("  resident memory so far at most {most} MiB, now {now}");
        }
    }
    bulk::measure(&service);
}

fn report(kind: Kind, connections: usize, figures: &Figures, limits: (f64, f64), cpu: (Duration, Option<Duration>)) {
    let limit = f64::midpoint(limits.0, limits.1);
    let each = |time: Duration| time.as_secs_f64() * 1e6 / figures.requests as f64;
    let database = cpu
        .1
        .map_or_else(|| "in the service".to_owned(), |time| format!("{:.0} µs", each(time)));
    println!(
        "{kind:?} ×{connections}: {:.0}/s = {:.2} × limit ({:.0}, {:.0}/s) · p50 {:.2} p95 {:.2} p99 {:.2} ms · CPU a request: \
         service {:.0} µs, database {database} · errors {}",
        figures.rate,
        figures.rate / limit,
        limits.0,
        limits.1,
        figures.percentile(0.50),
        figures.percentile(0.95),
        figures.percentile(0.99),
        each(figures.service_cpu),
        figures.errors,
    );
    let _ = cpu.0;
}
