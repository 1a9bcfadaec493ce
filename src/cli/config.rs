//! Showing the effective settings.

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

/// Every setting with its value, where it comes from, and what it is for; as TOML.
pub(super) fn effective(command: &Command, matches: &ArgMatches) -> String {
    let mut out = String::new();
    for arg in command.get_arguments() {
        let id = arg.get_id().as_str();
        let Some(env) = arg.get_env() else { continue };
        if id == "config" {
            continue;
        }
        let help = arg
            .get_long_help()
            .or(arg.get_help())
            .map(ToString::to_string)
            .unwrap_or_default();
        let source = match matches.value_source(id) {
            Some(ValueSource::CommandLine) => "flag".to_owned(),
            Some(ValueSource::EnvVariable) => format!("environment, {}", env.to_string_lossy()),
            Some(_) => "default or file".to_owned(),
            None => format!(
                "not set; flag --{}, environment {}",
                arg.get_long().unwrap_or(id),
                env.to_string_lossy()
            ),
        };
        let value = matches
            .get_raw(id)
            .and_then(|mut values| values.next())
            .map(|value| value.to_string_lossy().into_owned());
        out.push_str(&format!("# {help}\n# ({source})\n"));
        out.push_str(&match value {
            Some(value) if id == "database_url" => format!("{id} = {:?}\n\n", without_secrets(&value)),
            Some(_) if arg.is_hide_env_values_set() => format!("{id} = \"(hidden)\"\n\n"),
            Some(value) => match value.parse::<i64>() {
                Ok(number) => format!("{id} = {number}\n\n"),
                Err(_) => format!("{id} = {value:?}\n\n"),
            },
            None => format!("# {id} = \"\"\n\n"),
        });
    }
    out.trim_end().to_owned()
}

/// The URL with its password replaced.
fn without_secrets(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    // A password may also stand in the query.
    let path = path.split('?').next().unwrap_or_default();
    match authority.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:(hidden)@{host}/{path}")
        }
        None => format!("{scheme}://{authority}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn the_password_of_a_database_url_is_hidden() {
        assert_eq!(
            without_secrets("postgres://u:p@h:1/d?password=x"),
            "postgres://u:(hidden)@h:1/d"
        );
        assert_eq!(without_secrets("postgres://h/d?password=x"), "postgres://h/d");
        assert_eq!(without_secrets("sqlite:/a/b"), "sqlite:/a/b");
    }
}
