//! The journal of a campaign: a file with a line for each recipient that got the message.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};

use crate::recipients::Recipient;

pub struct Journal {
    file: File,
    sent: HashSet<String>,
}

impl Journal {
    /// Opens the journal of a campaign and locks it, or creates it. Its first line is
    /// `campaign`. All its numbers must be among the recipients.
    pub fn open(path: &str, campaign: &str, recipients: &[Recipient]) -> Result<Self, String> {
        let journal = Self::load(path, campaign).map_err(|error| format!("{path}: {error}"))?;
        let known: HashSet<_> = recipients.iter().map(|recipient| &recipient.key).collect();
        match journal.sent.iter().filter(|number| !known.contains(number)).count() {
            0 => Ok(journal),
            others => Err(format!(
                "{path}: {others} of its numbers are not among the recipients, so it belongs to \
                 another file; use that file, or a new journal"
            )),
        }
    }

    fn load(path: &str, campaign: &str) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        file.try_lock().map_err(|_| io::Error::other("another run writes to it"))?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        if campaign.starts_with(&text) {
            // The file is new, or a run stopped while it wrote the first line.
            file.set_len(0)?;
            file.write_all(format!("{campaign}\n").as_bytes())?;
            return Ok(Self { file, sent: HashSet::new() });
        }
        if text.lines().next() != Some(campaign) {
            return Err(io::Error::other(format!(
                "it belongs to another campaign or text, since its first line is not {campaign}; \
                 use a new journal"
            )));
        }
        if !text.ends_with('\n') {
            // A run stopped while it wrote the last line.
            file.write_all(b"\n")?;
        }
        // A line without a tab may lack the end of the number.
        let numbers = text.lines().filter_map(|line| Some(line.split_once('\t')?.0.to_owned()));
        Ok(Self { file, sent: numbers.collect() })
    }

    pub fn has(&self, recipient: &Recipient) -> bool {
        self.sent.contains(&recipient.key)
    }

    /// Records that a recipient got the message. Returns when the entry is on the disk.
    pub fn add(&mut self, recipient: &Recipient, id: &str) -> io::Result<()> {
        // The id must not add a line.
        let id = id.escape_debug();
        self.file.write_all(format!("{}\t{id}\n", recipient.key).as_bytes())?;
        self.file.sync_data()
    }
}
