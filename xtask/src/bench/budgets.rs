//! The budgets, each with its reason. This is the place to change one.

use Most::{More, Times, Total};

/// What is measured of several subjects, which can be compared.
pub struct Measure {
    /// The part of a run that measures it.
    pub part: &'static str,
    /// Its name in figures.
    pub name: &'static str,
    pub title: &'static str,
    pub budgets: &'static [Budget],
}

/// How much one subject may cost.
pub struct Budget {
    pub of: &'static str,
    pub most: Most,
    pub reason: &'static str,
}

/// The most that is within a budget.
pub enum Most {
    Total(f64),
    /// So many times what the peer costs.
    Times(f64, &'static str),
    /// So much more than the peer costs.
    More(f64, &'static str),
}

impl Most {
    pub fn peer(&self) -> Option<&'static str> {
        match self {
            Total(_) => None,
            Times(_, peer) | More(_, peer) => Some(peer),
        }
    }
}

pub const MEASURES: &[Measure] = &[
    Measure {
        part: "packages",
        name: "packages",
        title: "packages",
        budgets: &[
            Budget {
                of: "numbers",
                most: More(46.0, "reqwest"),
                reason: "30 are the generator; another one needs a reason",
            },
            Budget {
                of: "full",
                most: More(48.0, "reqwest"),
                reason: "beyond numbers, webhooks bring HMAC; another one needs a reason",
            },
        ],
    },
    Measure {
        part: "lines",
        name: "lines",
        title: "generated lines",
        budgets: &[
            Budget {
                of: "numbers",
                most: Total(4_870.0),
                reason: "users compile them: a twentieth more than there are",
            },
            Budget {
                of: "full",
                most: Total(28_700.0),
                reason: "users compile them: a twentieth more than there are",
            },
        ],
    },
    Measure {
        part: "build",
        name: "build",
        title: "cold build",
        budgets: &[
            Budget {
                of: "progenitor",
                most: Times(1.4, "reqwest"),
                reason: "what any client costs whose users generate it; from 1.2 to 1.36, by machine",
            },
            Budget {
                of: "numbers",
                most: Times(1.65, "reqwest"),
                reason: "the generator alone, and a fifth for a client of a few operations",
            },
            Budget {
                of: "numbers",
                most: Times(1.55, "by-hand"),
                reason: "the same, for those who would write the calls by hand",
            },
            Budget {
                of: "numbers",
                most: Times(1.2, "progenitor"),
                reason: "our part of the build, beside the generator",
            },
            Budget {
                of: "full",
                most: Times(1.8, "reqwest"),
                reason: "the generator alone, and a third for all of the API",
            },
            Budget {
                of: "full",
                most: Times(1.65, "by-hand"),
                reason: "the same, for those who would write the calls by hand",
            },
            Budget {
                of: "full",
                most: Times(1.3, "progenitor"),
                reason: "our part of the build, beside the generator",
            },
        ],
    },
    Measure {
        part: "size",
        name: "size",
        title: "stripped release binary",
        budgets: &[
            Budget {
                of: "numbers",
                most: Times(1.2, "by-hand"),
                reason: "retries and pacing have to be small beside TLS",
            },
            Budget {
                of: "full",
                most: Times(1.2, "by-hand"),
                reason: "operations that a program does not call are not linked",
            },
        ],
    },
    Measure {
        part: "overhead",
        name: "call-allocations",
        title: "allocations of a call",
        budgets: &[Budget {
            of: "pilot-status",
            most: More(4.0, "by-hand"),
            reason: "docs/guarantees.md promises it",
        }],
    },
    Measure {
        part: "overhead",
        name: "call-time",
        title: "a call over loopback",
        budgets: &[Budget {
            of: "pilot-status",
            most: Times(1.15, "by-hand"),
            reason: "a call over a network takes thousands of times as long",
        }],
    },
    Measure {
        part: "overhead",
        name: "list-memory",
        title: "memory for 100,000 numbers",
        budgets: &[
            Budget {
                of: "pilot-status",
                most: More(1_048_576.0, "body-and-decoding"),
                reason: "docs/guarantees.md promises that the body is held once",
            },
            Budget {
                of: "pilot-status",
                most: Times(1.0, "by-hand"),
                reason: "the typed models have to be no larger than a program's own",
            },
        ],
    },
    Measure {
        part: "overhead",
        name: "list-time",
        title: "a response with 100,000 numbers",
        budgets: &[Budget {
            of: "pilot-status",
            most: Times(1.05, "by-hand"),
            reason: "errors that name their place may cost what nobody notices",
        }],
    },
    Measure {
        part: "rate-limit",
        name: "none",
        title: "1,000 calls without a limit",
        budgets: &[Budget {
            of: "pilot-status",
            most: Times(1.1, "reqwest"),
            reason: "2 µs of the 30 that such a call takes; over a network nobody can measure it",
        }],
    },
    Measure {
        part: "rate-limit",
        name: "fixed",
        title: "1,000 calls, 50 in each second",
        budgets: &[
            Budget {
                of: "pilot-status",
                most: Times(1.1, "ideal"),
                reason: "a pause is a little longer than the server asks for, and then calls are spread",
            },
            Budget {
                of: "pilot-status",
                most: Times(1.1, "plain-loop"),
                reason: "order may cost little beside calls that all rush at once",
            },
            Budget {
                of: "pilot-status",
                most: Times(0.5, "reqwest-retry"),
                reason: "backoff that does not heed the server is what users would have else",
            },
        ],
    },
    Measure {
        part: "rate-limit",
        name: "fixed-rejected",
        title: "rejected, 50 in each second",
        budgets: &[Budget {
            of: "pilot-status",
            most: Times(0.5, "reqwest-retry"),
            reason: "only the first burst, which nobody could foresee, is rejected",
        }],
    },
    Measure {
        part: "rate-limit",
        name: "fixed-rejected-later",
        title: "rejected after the first burst",
        budgets: &[Budget {
            of: "pilot-status",
            most: Total(0.05),
            reason: "after each pause, one call too many finds the limit",
        }],
    },
    Measure {
        part: "rate-limit",
        name: "sliding",
        title: "1,000 calls, 50 in any second",
        budgets: &[
            Budget {
                of: "pilot-status",
                most: Times(1.2, "ideal"),
                reason: "as for fixed windows, and no window begins anew for all",
            },
            Budget {
                of: "pilot-status",
                most: Times(0.6, "reqwest-retry"),
                reason: "backoff that does not heed the server is what users would have else",
            },
        ],
    },
    Measure {
        part: "rate-limit",
        name: "no-hint",
        title: "1,000 calls, 50 in each second, no Retry-After",
        budgets: &[
            Budget {
                of: "pilot-status",
                most: Times(1.35, "ideal"),
                reason: "the end of a window has to be found out",
            },
            Budget {
                of: "pilot-status",
                most: Times(0.75, "reqwest-retry"),
                reason: "its backoff is random, and is lucky at times",
            },
        ],
    },
    Measure {
        part: "rate-limit",
        name: "halving",
        title: "1,000 calls, 50 in each second, then 25",
        budgets: &[
            Budget {
                of: "pilot-status",
                most: Times(1.25, "ideal"),
                reason: "the first calls of a pause are as many as the server accepted before",
            },
            Budget {
                of: "pilot-status",
                most: Times(0.6, "reqwest-retry"),
                reason: "backoff that does not heed the server is what users would have else",
            },
        ],
    },
    Measure {
        part: "rate-limit",
        name: "outage",
        title: "8 to 500 calls after an outage of 150 ms, at the worst",
        budgets: &[Budget {
            of: "pilot-status",
            most: Times(1.0, "allowed"),
            reason: "at most a tenth and a second longer than a loop that obeys the server",
        }],
    },
    Measure {
        part: "rate-limit",
        name: "stray-0-s",
        title: "40,000 calls, 2 % rejected, Retry-After: 0",
        budgets: &[Budget {
            of: "pilot-status",
            most: Times(1.25, "without-pacing"),
            reason: "a stray rejection concerns one call, and the others go on",
        }],
    },
    Measure {
        part: "rate-limit",
        name: "stray-1-s",
        title: "40,000 calls, 2 % rejected, Retry-After: 1",
        budgets: &[Budget {
            of: "pilot-status",
            most: Times(1.25, "without-pacing"),
            reason: "a stray rejection concerns one call, and the others go on",
        }],
    },
    Measure {
        part: "rate-limit",
        name: "forgotten",
        title: "500 calls of a client that was idle after a pause",
        budgets: &[Budget {
            of: "pilot-status",
            most: Times(1.1, "reqwest"),
            reason: "as without a limit: what the server said expires",
        }],
    },
    Measure {
        part: "rate-limit",
        name: "fleet",
        title: "4 x 250 calls of 4 processes, 50 in each second",
        budgets: &[Budget {
            of: "pilot-status",
            most: Times(1.2, "ideal"),
            reason: "processes that do not know of one another have to find their shares",
        }],
    },
    Measure {
        part: "rate-limit",
        name: "fleet-rejected-later",
        title: "rejected after the first burst, of 4 processes",
        budgets: &[Budget {
            of: "pilot-status",
            most: Total(0.1),
            reason: "each process probes once in a while whether there is more",
        }],
    },
    Measure {
        part: "rate-limit",
        name: "failed-calls",
        title: "calls that failed under any limit",
        budgets: &[Budget {
            of: "pilot-status",
            most: Total(0.0),
            reason: "calls that give up are soon done, and keep every other budget",
        }],
    },
    Measure {
        part: "convert",
        name: "regenerate",
        title: "a document to OpenAPI 3.0.3",
        budgets: &[Budget {
            of: "10-MB",
            most: Times(15.0, "1-MB"),
            reason: "the time grows with the document, not with its square",
        }],
    },
];
