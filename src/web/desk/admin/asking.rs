//! Forms of administration: fields, groups of fields, and the buttons of each.

use crate::web::desk::words::Choice;
use crate::web::forms::Form;

/// How something is typed in.
pub(super) enum Input {
    /// A line: the type of the field.
    Line(&'static str),
    /// Some lines, of code where it is a notation.
    Area(u8),
    /// One of several.
    One(Vec<Choice>),
    /// One of several that are known, or another one in a line.
    OneOr(Vec<Choice>, String),
    /// Any of several.
    Any(Vec<Choice>),
    /// Any of several that are known, and others in a line.
    Known(Vec<Choice>, String),
    /// Some lines of a text for people.
    Prose(u8),
    /// A box to tick.
    Tick(bool),
    /// A file.
    File(&'static str),
}

/// A field of a form.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) input: Input,
    pub(super) value: String,
    pub(super) autocomplete: &'static str,
    /// With which choices of its group it is shown, as classes.
    pub(super) class: String,
    /// Whether it is the choice that says which others of its group are shown.
    pub(super) picks: bool,
}

impl Field {
    /// A field, with what the form holds, or else what is there now.
    pub(super) fn new(form: &Form, name: &str, label: String, input: Input, usual: &str) -> Self {
        let sent = form.all().any(|(have, _)| have == name);
        let shown = !matches!(input, Input::Line("password"));
        let value = match sent && shown {
            true => form.text(name),
            false => usual,
        };
        Self::plain(name, label, input, value.to_owned())
    }

    /// A field with what it holds.
    pub(super) fn plain(name: &str, label: String, input: Input, value: String) -> Self {
        Self {
            name: name.to_owned(),
            label,
            hint: String::new(),
            input,
            value,
            autocomplete: "off",
            class: String::new(),
            picks: false,
        }
    }

    pub(super) fn hint(mut self, hint: String) -> Self {
        self.hint = hint;
        self
    }

    pub(super) fn fills(mut self, what: &'static str) -> Self {
        self.autocomplete = what;
        self
    }
}

/// Fields that belong together.
pub(super) struct Group {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) hint: String,
    pub(super) class: String,
}

/// A button that changes the form itself: another entry, one fewer, one further up.
pub(super) struct Press {
    pub(super) value: String,
    pub(super) label: String,
    /// What is seen afterwards.
    pub(super) to: String,
}

/// A part of a form, in its order.
pub(super) enum Part {
    Field(Field),
    Open(Group),
    Close,
    /// What is folded away until somebody wants it, and whether it is open.
    Fold(String, bool),
    Unfold,
    Press(Press),
}

/// A form. The names of its fields begin with what it is called.
pub(super) struct Asking {
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) action: String,
    pub(super) get: bool,
    pub(super) lead: String,
    pub(super) hidden: Vec<(&'static str, String)>,
    pub(super) parts: Vec<Part>,
    pub(super) buttons: Vec<(String, String, &'static str)>,
    /// Whether it is folded away until somebody wants it.
    pub(super) folded: bool,
    /// Whose password it asks for, for those programs that keep passwords.
    pub(super) username: String,
    /// Whether it holds files.
    pub(super) files: bool,
}

impl Asking {
    /// A form that changes something, with one button.
    pub(super) fn new(id: &'static str, title: String, action: impl Into<String>, button: String) -> Self {
        Self {
            id,
            title,
            action: action.into(),
            get: false,
            lead: String::new(),
            hidden: Vec::new(),
            parts: Vec::new(),
            buttons: vec![(String::new(), button, "")],
            folded: true,
            username: String::new(),
            files: false,
        }
    }

    pub(super) fn of(mut self, username: &str) -> Self {
        username.clone_into(&mut self.username);
        self
    }

    pub(super) fn lead(mut self, lead: String) -> Self {
        self.lead = lead;
        self
    }

    pub(super) fn open(mut self) -> Self {
        self.folded = false;
        self
    }

    pub(super) fn grave(mut self) -> Self {
        for (_, _, class) in &mut self.buttons {
            *class = "grave";
        }
        self
    }

    pub(super) fn version(mut self, version: i32) -> Self {
        self.hidden.push(("version", version.to_string()));
        self
    }

    pub(super) fn field(mut self, field: Field) -> Self {
        self.parts.push(Part::Field(field));
        self
    }

    pub(super) fn parts(mut self, parts: Vec<Part>) -> Self {
        self.parts.extend(parts);
        self
    }

    /// Several buttons: what each says is done, and what is written on it.
    pub(super) fn buttons(mut self, buttons: Vec<(&str, String, &'static str)>) -> Self {
        let buttons = buttons
            .into_iter()
            .map(|(value, label, class)| (value.to_owned(), label, class));
        self.buttons = buttons.collect();
        self
    }

    /// What the enter key presses, where a button that changes the form itself stands before the others.
    pub(super) fn usual(&self) -> Option<&str> {
        let presses = self.parts.iter().any(|part| matches!(part, Part::Press(_)));
        let usual = self.buttons.iter().find(|(_, _, class)| class.is_empty());
        usual.filter(|_| presses).map(|(value, _, _)| value.as_str())
    }
}
