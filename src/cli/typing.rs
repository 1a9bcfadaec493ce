//! Training and testing the model that proposes customer types.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use serde::Serialize;

use super::say;
use crate::domain::typing::corpus::{self, Labelled};
use crate::domain::typing::evaluate::{self, Figures, Judged};
use crate::domain::typing::layer::{Learner, shipped};
use crate::domain::typing::train::{self, Example};
use crate::domain::typing::{CustomerType, Language, Live};
use crate::error::{Error, Result};

#[derive(Debug, Subcommand)]
pub(super) enum TypingCommand {
    /// Make the model from the training texts: the same bits every time.
    Train {
        /// The folder with the texts: `zh/*.jsonl` and `en/*.jsonl`, one file a writer; texts of files named `imagined…` count less.
        #[arg(long, default_value = "src/domain/typing/training", value_name = "FOLDER")]
        texts: PathBuf,
        /// Where the model goes; it is part of the program after the next build.
        #[arg(long, default_value = "src/domain/typing/model.bin", value_name = "FILE")]
        out: PathBuf,
        /// Write nothing: fail unless the model in the program is what comes out.
        #[arg(long)]
        check: bool,
    },
    /// Test the model on labelled texts: JSON lines with `text`, `label` and perhaps `lang`.
    ///
    /// Without a file: on the part of the training texts that was kept back and never learnt from.
    Eval {
        /// The texts.
        file: Option<PathBuf>,
        /// Learn these as corrections first, as a desk would.
        #[arg(long, value_name = "FILE")]
        replay: Option<PathBuf>,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
        /// The folder with the training texts.
        #[arg(long, default_value = "src/domain/typing/training", value_name = "FOLDER")]
        texts: PathBuf,
    },
}

pub(super) fn run(command: &TypingCommand) -> Result<()> {
    match command {
        TypingCommand::Train { texts, out, check } => train(texts, out, *check),
        TypingCommand::Eval {
            file,
            replay,
            json,
            texts,
        } => eval(file.as_deref(), replay.as_deref(), *json, texts),
    }
}

fn read(path: &Path) -> Result<Vec<Labelled>> {
    let name = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| Error::internal(format!("{name}: {e}")))?;
    corpus::read(&text).map_err(|e| Error::internal(format!("{name}: {e}")))
}

/// The texts of one writer.
struct Hand {
    learn: Vec<Labelled>,
    test: Vec<Labelled>,
    /// How much each counts.
    share: f32,
}

/// The texts of a language by writer, each with those to learn from and those to test with.
fn hands(texts: &Path, language: Language) -> Result<Vec<Hand>> {
    let folder = texts.join(language.as_str());
    let cannot = |e: std::io::Error| Error::internal(format!("{}: {e}", folder.display()));
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .map_err(cannot)?
        .map(|entry| entry.map(|entry| entry.path()).map_err(cannot))
        .collect::<Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|ext| ext == "jsonl"));
    files.sort();
    let hand = |file: &PathBuf| {
        let (learn, test) = corpus::split(read(file)?);
        let is_imagined = file
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("imagined"));
        Ok(Hand {
            learn,
            test,
            share: if is_imagined { train::IMAGINED } else { 1.0 },
        })
    };
    files.iter().map(hand).collect()
}

fn train(texts: &Path, out: &Path, check: bool) -> Result<()> {
    let examples = |language: Language| -> Result<Vec<Example>> {
        let mut examples = Vec::new();
        for (n, hand) in hands(texts, language)?.iter().enumerate() {
            examples.extend(hand.learn.iter().map(|text| Example {
                share: hand.share,
                ..Example::of(text, language, n)
            }));
        }
        Ok(examples)
    };
    let model = train::train(&examples(Language::Zh)?, &examples(Language::En)?);
    let bytes = model.to_bytes();
    if check {
        if bytes != shipped()?.to_bytes() {
            return Err(Error::internal("the model in the program is not what the texts make"));
        }
        say("The model in the program is what the texts make.");
        return Ok(());
    }
    std::fs::write(out, &bytes).map_err(|e| Error::internal(format!("{}: {e}", out.display())))?;
    say(&format!(
        "{}: edition {}, {} bytes, {} + {} features",
        out.display(),
        model.edition,
        bytes.len(),
        model.zh.len(),
        model.en.len()
    ));
    Ok(())
}

/// The figures by language, and of all.
#[derive(Serialize)]
struct Report {
    #[serde(skip_serializing_if = "Option::is_none")]
    zh: Option<Figures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    en: Option<Figures>,
    all: Figures,
}

fn eval(file: Option<&Path>, replay: Option<&Path>, json: bool, texts: &Path) -> Result<()> {
    let rows = match file {
        Some(file) => read(file)?,
        None => kept_back(texts)?,
    };
    let mut live = Live::shipped()?;
    if let Some(replay) = replay {
        live = replayed(live, &read(replay)?);
    }
    let judged: Vec<Judged> = rows
        .iter()
        .map(|row| {
            // Read in the language that its characters tell, as at the desk; counted under the one it is said to be in.
            let verdict = live.judge_text(Language::of(&row.text, row.language.map(Language::as_str)), &row.text);
            Judged {
                language: row.language(),
                label: row.label,
                verdict,
            }
        })
        .collect();
    let of = |language: Language| {
        let rows: Vec<Judged> = judged.iter().filter(|j| j.language == language).copied().collect();
        (!rows.is_empty()).then(|| evaluate::figures(&rows))
    };
    let report = Report {
        zh: of(Language::Zh),
        en: of(Language::En),
        all: evaluate::figures(&judged),
    };
    if json {
        say(&serde_json::to_string(&report)?);
    } else {
        for (name, figures) in [
            ("zh", &report.zh),
            ("en", &report.en),
            ("all", &Some(report.all.clone())),
        ] {
            if let Some(figures) = figures {
                say(&readable(name, figures));
            }
        }
    }
    Ok(())
}

fn kept_back(texts: &Path) -> Result<Vec<Labelled>> {
    let mut rows = Vec::new();
    for language in Language::ALL {
        for hand in hands(texts, language)? {
            rows.extend(hand.test.into_iter().map(|row| Labelled {
                language: Some(language),
                ..row
            }));
        }
    }
    Ok(rows)
}

/// Learns corrections in their order, as a desk would.
fn replayed(live: Live, rows: &[Labelled]) -> Live {
    let mut learner = Learner::new(&live);
    for language in Language::ALL {
        let mut earlier = Vec::new();
        for row in rows {
            if Language::of(&row.text, row.language.map(Language::as_str)) == language {
                let lesson = Example::of(row, language, 0);
                learner.learn(language, &lesson, &earlier);
                earlier.push(lesson);
            }
        }
        learner.settle(language, &earlier);
    }
    Live {
        layer: Arc::new(learner.into_layer()),
        version: 1,
        ..live
    }
}

fn readable(name: &str, figures: &Figures) -> String {
    let percent = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0));
    let number = |number: Option<f64>| number.map_or_else(|| "–".to_owned(), |number| format!("{number:.3}"));
    let mut out = format!(
        "{name}: {} texts, {} of them without a clear type\n  accuracy {}, macro F1 {}, calibration error {}\n  \
         no clear type: AUROC {}, abstained on {} of the typed and {} of the others; right where proposed {}\n",
        figures.n,
        figures.n_none,
        percent(figures.accuracy),
        number(figures.macro_f1),
        number(figures.ece),
        number(figures.abstain_auroc),
        percent(figures.abstained_typed),
        percent(figures.abstained_none),
        percent(figures.accuracy_when_proposed),
    );
    let _ = writeln!(out, "  {:12}{:>8}   first of the four:", "right type", "recall");
    for (row, cells) in &figures.confusion {
        let recall = match row {
            CustomerType::NotClear => "–".to_owned(),
            row => percent(figures.recall.get(row).copied().flatten()),
        };
        let _ = write!(out, "  {:12}{recall:>8}  ", row.as_str());
        for (column, n) in cells {
            let _ = write!(out, " {} {n:>4}", column.as_str());
        }
        out.push('\n');
    }
    out
}
