//! Texts with variables: `{customer.name}`. A closed list; `{{` and `}}` are braces.

use std::fmt::Write as _;

use crate::text_enum;

text_enum! {
    /// What a text can speak of.
    Variable {
        /// What the customer is called.
        CustomerName = "customer.name",
        /// What to say on the phone.
        ComplaintReference = "complaint.reference",
        /// What it is about, in a line.
        ComplaintSubject = "complaint.subject",
        /// The day on which it reached us, where the customer is.
        ComplaintReceivedOn = "complaint.received_on",
        /// The product.
        ComplaintProduct = "complaint.product",
        /// When the promised call comes, where the customer is.
        CallBackWindow = "call_back.window",
        /// What the one who writes is called.
        AgentName = "agent.name",
        /// What the team that holds it is called.
        TeamName = "team.name",
    }
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Words(String),
    Value(Variable),
}

/// Takes a text apart.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn parse(text: &str) -> Result<Vec<Part>, String> {
    let (mut parts, mut words) = (Vec::new(), String::new());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '{' | '}' if rest.peek() == Some(&c) => {
                rest.next();
                words.push(c);
            }
            '{' => {
                let name: String = rest.by_ref().take_while(|c| *c != '}').collect();
                let known = name.parse::<Variable>().map_err(|_| unknown())?;
                parts.push(Part::Words(std::mem::take(&mut words)));
                parts.push(Part::Value(known));
            }
            '}' => return Err("a `}` without its `{`; write `}}` for a brace".to_owned()),
            c => words.push(c),
        }
    }
    parts.push(Part::Words(words));
    parts.retain(|part| *part != Part::Words(String::new()));
    Ok(parts)
}

fn unknown() -> String {
    let mut text = "a variable that is not known; write `{{` for a brace. There are:".to_owned();
    for variable in Variable::ALL {
        let _ = write!(text, " {{{variable}}}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_braces_are_told_apart() {
        let parts = parse("Dear {customer.name}, {{so}} {complaint.reference}").unwrap();
        let words = |text: &str| Part::Words(text.to_owned());
        assert_eq!(
            parts,
            [
                words("Dear "),
                Part::Value(Variable::CustomerName),
                words(", {so} "),
                Part::Value(Variable::ComplaintReference)
            ]
        );
    }

    #[test]
    fn what_is_not_on_the_list_is_refused() {
        for text in [
            "{customer.phone}",
            "{",
            "{}",
            "{customer.name",
            "a } b",
            "{ customer.name }",
        ] {
            let refused = parse(text);
            assert_eq!(refused.is_err(), text != "{customer.name", "{text}");
        }
    }
}
