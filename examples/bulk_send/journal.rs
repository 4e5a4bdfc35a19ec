//! Who got the message: a file with a line for each.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};

pub struct Journal {
    file: File,
    sent: HashSet<String>,
}

impl Journal {
    /// Opens a journal for this program alone, or makes an empty one.
    pub fn open(path: &str) -> Result<Self, String> {
        Self::load(path).map_err(|error| format!("{path}: {error}"))
    }

    fn load(path: &str) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        file.try_lock().map_err(|_| io::Error::other("another run writes to it"))?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        if !text.is_empty() && !text.ends_with('\n') {
            // A run ended within this line.
            file.write_all(b"\n")?;
        }
        // Where the tab is missing, so may be the end of the number.
        let numbers = text.lines().filter_map(|line| Some(line.split_once('\t')?.0.to_owned()));
        Ok(Self { file, sent: numbers.collect() })
    }

    pub fn has(&self, number: &str) -> bool {
        self.sent.contains(number)
    }

    /// Writes that a number got the message, and returns when it is on the disk.
    pub fn add(&mut self, number: &str, id: &str) -> io::Result<()> {
        // What a server sends must not add a line.
        let id = id.escape_debug();
        self.file.write_all(format!("{number}\t{id}\n").as_bytes())?;
        self.file.sync_data()
    }
}
