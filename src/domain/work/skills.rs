//! Skills: what a piece of work takes, and what somebody has. Both are sets of words, `kind:value`.

use std::collections::BTreeSet;

use crate::domain::typing::CustomerType;

/// What a piece of work takes. Kept in the queue as one text, so that pieces that take the same stand in one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs(BTreeSet<String>);

/// Between the words in the text; no word holds it.
const BETWEEN: char = '\n';

/// The primary part of a language: who speaks `zh` can read `zh-CN`.
fn primary(language: &str) -> String {
    language.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

impl Needs {
    /// Nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether it takes nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes this language, too.
    pub fn language(&mut self, tag: &str) {
        self.0.insert(format!("language:{}", primary(tag)));
    }

    /// Takes knowledge of this product, too.
    pub fn product(&mut self, word: &str) {
        self.0.insert(format!("product:{}", word.to_lowercase()));
    }

    /// Takes the way with this manner, too.
    pub fn customer_type(&mut self, customer_type: CustomerType) {
        self.0.insert(format!("customer_type:{customer_type}"));
    }

    /// The text under which it is kept.
    pub fn text(&self) -> String {
        self.0.iter().cloned().collect::<Vec<_>>().join(&BETWEEN.to_string())
    }

    /// Read back from its text.
    pub fn read(text: &str) -> Self {
        Self(
            text.split(BETWEEN)
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect(),
        )
    }

    /// The words.
    pub fn words(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }
}

/// What somebody has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skills(BTreeSet<String>);

impl Skills {
    /// These languages, words of products and manners of customers.
    pub fn new(languages: &[String], products: &[String], customer_types: &[CustomerType]) -> Self {
        let mut has = Needs::none();
        languages.iter().for_each(|tag| has.language(tag));
        products.iter().for_each(|word| has.product(word));
        customer_types.iter().for_each(|one| has.customer_type(*one));
        Self(has.0)
    }

    /// Whether that is enough for a piece of work.
    pub fn are_enough_for(&self, needs: &Needs) -> bool {
        needs.0.is_subset(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_goes_to_whoever_has_every_skill_it_takes() {
        let skills = Skills::new(&["zh-CN".to_owned()], &["Router".to_owned()], &[CustomerType::Angry]);
        let mut needs = Needs::none();
        assert!(skills.are_enough_for(&needs) && Skills::default().are_enough_for(&needs));
        needs.language("zh");
        needs.product("router");
        assert!(skills.are_enough_for(&needs) && !Skills::default().are_enough_for(&needs));
        needs.language("en");
        assert!(!skills.are_enough_for(&needs));
        assert_eq!(Needs::read(&needs.text()), needs);
    }
}
