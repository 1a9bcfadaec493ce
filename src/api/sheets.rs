//! Tables as files: CSV (RFC 4180) and Office Open XML. No cell of either is a formula.

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::domain::reporting::reports::Report;
use crate::domain::reporting::table::{Entry, Row};
use crate::error::{Error, Result};

/// The media type of an Office Open XML workbook.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A spreadsheet takes a text that begins with one of these for a formula.
pub(super) fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell
    }
}

/// Rows as CSV, the names of the columns first.
pub(super) fn csv<R: Row>(rows: &[R]) -> Result<Vec<u8>> {
    let failed = |e: csv::Error| Error::internal(format!("csv: {e}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(R::COLUMNS).map_err(failed)?;
    for row in rows {
        let record = row.entries().into_iter().map(|entry| match entry {
            Entry::Empty => String::new(),
            Entry::Text(text) => harmless(text),
            Entry::Whole(number) => number.to_string(),
            Entry::Number(number) => number.to_string(),
        });
        writer.write_record(record).map_err(failed)?;
    }
    writer.into_inner().map_err(|e| Error::internal(format!("csv: {e}")))
}

/// A report as a workbook: the rows, the totals, and what was asked.
pub(super) fn xlsx<R: Row>(report: &Report<R>) -> Result<Vec<u8>> {
    write(report).map_err(|e| Error::internal(format!("xlsx: {e}")))
}

fn write<R: Row>(report: &Report<R>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    table(book.add_worksheet().set_name(&report.name)?, &report.rows)?;
    table(book.add_worksheet().set_name("totals")?, &report.totals)?;
    let about = [
        ("report", report.name.clone()),
        ("from", report.from.to_string()),
        ("to", report.to.to_string()),
        ("by", report.by.to_string()),
        ("dimension", report.dimension.to_string()),
        ("value", report.value.clone().unwrap_or_default()),
        ("time", report.time.map(|time| time.to_string()).unwrap_or_default()),
        ("time_zone", report.time_zone.clone()),
    ];
    let sheet = book.add_worksheet().set_name("about")?;
    for (row, (name, value)) in (0_u32..).zip(about) {
        sheet.write_string(row, 0, name)?;
        sheet.write_string(row, 1, value)?;
    }
    sheet.autofit();
    book.save_to_buffer()
}

fn table<R: Row>(sheet: &mut Worksheet, rows: &[R]) -> Result<(), XlsxError> {
    let head = Format::new().set_bold();
    for (column, name) in (0_u16..).zip(R::COLUMNS) {
        sheet.write_string_with_format(0, column, *name, &head)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (line, row) in (1_u32..).zip(rows) {
        for (column, entry) in (0_u16..).zip(row.entries()) {
            match entry {
                Entry::Empty => {}
                // As a string, whatever it begins with.
                Entry::Text(text) => {
                    sheet.write_string(line, column, text)?;
                }
                Entry::Whole(number) => {
                    sheet.write_number(line, column, number as f64)?;
                }
                Entry::Number(number) => {
                    sheet.write_number(line, column, number)?;
                }
            }
        }
    }
    sheet.autofit();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_cell_of_a_csv_file_is_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@x", "\t=1"] {
            assert!(harmless(cell.to_owned()).starts_with('\''), "{cell}");
        }
        assert_eq!(harmless("complaint.closed".to_owned()), "complaint.closed");
    }
}
