//! Reports as files, read back.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use serde_json::{Value, json};

use super::{REPORTS, a_morning, report, watcher};
use crate::fixtures::Case;
use crate::on_both;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A cell as JSON has it.
fn cell(cell: &Data) -> Value {
    match cell {
        Data::Empty => Value::Null,
        Data::String(text) => json!(text),
        Data::Float(number) => json!(number),
        Data::Int(number) => json!(*number as f64),
        other => panic!("{other:?}"),
    }
}

on_both! {
    async fn a_report_reads_the_same_as_json_csv_and_workbook(desk) {
        a_morning(&desk).await;
        for name in ["volumes", "response-times", "dwell", "backlog", "ages", "breaches", "types", "on-the-spot", "call-backs", "reopen", "causes", "agents", "arrivals", "ahead",
            "queue-ages", "first-contact", "step-times", "hand-overs"] {
            let query = format!("{name}?from=2026-11-20&to=2026-11-24");
            let json = report(&desk, &query).await;
            let rows = json.at("/rows").as_array().unwrap();
            assert!(!rows.is_empty(), "{name}");
            let (status, headers, bytes) = watcher(&desk).bytes(&format!("{REPORTS}/{query}&format=csv")).await;
            assert_eq!((status, headers["content-type"].to_str().unwrap()), (200, "text/csv; charset=utf-8"));
            let mut reader = csv::Reader::from_reader(&bytes[..]);
            let columns: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
            let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            assert_eq!(records.len(), rows.len(), "{name}");
            for (record, row) in records.iter().zip(rows) {
                assert_eq!(row.as_object().unwrap().len(), columns.len());
                for (column, text) in columns.iter().zip(record) {
                    match &row[column] {
                        Value::Null => assert_eq!(text, ""),
                        Value::String(value) => assert_eq!(text, value),
                        number => assert_eq!(text.parse::<f64>().ok(), number.as_f64(), "{name} {column}"),
                    }
                }
            }
            let client = watcher(&desk).with("accept", XLSX);
            let (status, headers, bytes) = client.bytes(&format!("{REPORTS}/{query}")).await;
            assert_eq!((status, headers["content-type"].to_str().unwrap()), (200, XLSX));
            let told = headers["content-disposition"].to_str().unwrap();
            assert_eq!(told, format!("attachment; filename=\"{name}-2026-11-20-2026-11-24.xlsx\""));
            let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
            assert_eq!(book.sheet_names(), [name, "totals", "about"]);
            for (sheet, rows) in [(name, json.at("/rows")), ("totals", json.at("/totals"))] {
                let range = book.worksheet_range(sheet).unwrap();
                let mut lines = range.rows();
                let head: Vec<Value> = lines.next().unwrap().iter().map(cell).collect();
                assert_eq!(head, columns.iter().map(|column| json!(column)).collect::<Vec<_>>());
                for (line, row) in lines.zip(rows.as_array().unwrap()) {
                    for (column, found) in columns.iter().zip(line) {
                        match (&row[column], cell(found)) {
                            (Value::Number(number), found) => assert_eq!(found.as_f64(), number.as_f64(), "{name} {column}"),
                            (value, found) => assert_eq!(*value, found, "{name} {column}"),
                        }
                    }
                }
                assert_eq!(range.height(), rows.as_array().unwrap().len() + 1);
            }
        }
    }
}

on_both! {
    async fn no_cell_of_a_file_is_a_formula(desk) {
        Case::logged(&desk).await;
        // No name of ours begins so; it could come from a program's token.
        desk.execute("UPDATE report_deltas SET facts = replace(facts, 'test agent', '=1+1')");
        let query = "agents?from=2026-11-23&to=2026-11-23";
        let (_, _, bytes) = watcher(&desk).bytes(&format!("{REPORTS}/{query}&format=csv")).await;
        assert!(String::from_utf8(bytes).unwrap().contains("'=1+1"));
        let (_, _, bytes) = watcher(&desk).bytes(&format!("{REPORTS}/{query}&format=xlsx")).await;
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let formulas = book.worksheet_formula("agents").unwrap();
        assert!(formulas.used_cells().next().is_none());
        let range = book.worksheet_range("agents").unwrap();
        assert_eq!(range.get_value((1, 2)), Some(&Data::String("=1+1".to_owned())));
    }
}
