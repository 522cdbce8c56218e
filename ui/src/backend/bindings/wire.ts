// Made from src-tauri/src/wire by its own test. Do not edit.

/**
 * A count, an ordinal, a position or a size in bytes, below 2^53.
 *
 * A larger value is refused when it is written, never rounded.
 */
export type Whole = number;

/**
 * Nanoseconds since 1970-01-01T00:00:00Z as a decimal string, which the page reads as a BigInt.
 */
export type Ns = string;

/**
 * Why a command could not be carried out. A broken seal is a result, never one of these.
 */
export type CommandError = {
/**
 * Stable kebab-case word, such as `not-an-archive`, `not-found`, `permission`, `disk-full`,
 * `stale-search`, `no-archive`, `fingerprint-differs`, `internal`.
 */
code: string,
/**
 * One short line, without a period.
 */
title: string,
/**
 * What was expected and what was found, with file and offset; sentences, already escaped.
 */
detail: string,
/**
 * What the examiner can do next; empty where there is nothing.
 */
hint: string, };

/**
 * What stands in the place of a character or byte that must not act.
 */
export type Chip = {
/**
 * Its code: `U+202E`, `1B`, `FF`, or a symbol such as `␊`. Printed between ⟦ and ⟧.
 */
chip: string,
/**
 * Its name in words, for the tool tip and for screen readers.
 */
says: string, };

/**
 * A piece of shown text.
 */
export type Run = string | Chip;

/**
 * Text from a log, made safe to look at: runs of plain text and chips for what must not act.
 *
 * Control, bidi, zero-width and invalid bytes never stand in a plain run. Plain runs are free of
 * line breaks, except in an entry's raw text.
 */
export type Shown = {
/**
 * The runs in logical order.
 */
runs: Array<Run>,
/**
 * The value goes on beyond what is shown.
 */
cut?: boolean, };

/**
 * The verdict of an entry, a range or an archive, or that nobody looked yet.
 */
export type VerdictWord = "intact" | "consistent" | "unproven" | "unsealed" | "broken" | "unchecked";

/**
 * How grave an entry is, worst first.
 */
export type SeverityWord = "critical" | "error" | "warning" | "info" | "debug";

/**
 * What the page asks once, when it starts.
 */
export type Startup = {
/**
 * Archives opened before, latest first, at most 12.
 */
recent: Array<Recent>,
/**
 * Something is being opened already (command line, file association).
 */
opening: boolean,
/**
 * The program's version.
 */
version: string,
/**
 * Name of the machine's time zone, such as `Europe/Vienna` or `UTC`.
 */
zoneLocal: string, };

/**
 * An archive opened before.
 */
export type Recent = {
/**
 * Stands for the path, which the page never sees.
 */
token: string,
/**
 * File or folder name, escaped.
 */
name: string,
/**
 * The folder it lies in, shortened and escaped.
 */
place: string,
/**
 * The verdict of the last check, which is not a fresh one.
 */
verdict: VerdictWord,
/**
 * The verdict in a few words, such as `Broken at entry 1,204`.
 */
verdictText: string,
/**
 * When it was last checked, as text in the display zone.
 */
checkedAtText: string,
/**
 * The file is not there any more.
 */
missing: boolean, };

/**
 * What is going on.
 */
export type Phase = "none" | "opening" | "working" | "done" | "failed" | "cancelled";

/**
 * Everything that changes while archives are opened and checked.
 *
 * Pulled at most ten times a second.
 */
export type Status = {
/**
 * Grows with every opening, re-check or closing; answers to older ones are dropped.
 */
generation: Whole,
/**
 * What is going on.
 */
phase: Phase,
/**
 * The archives that are open, in the order of `archive` numbers.
 */
archives: Array<ArchiveStatus>,
/**
 * How far the check of seals is, over all archives.
 */
check: CheckProgress,
/**
 * How far the index is.
 */
index: IndexProgress,
/**
 * The verdict as far as it is known.
 */
verdictSoFar: VerdictSoFar,
/**
 * The window's title, verdict first; escaped.
 */
title: string,
/**
 * How the display zone is written beside times, such as `UTC` or `Local (Europe/Vienna)`.
 */
timeZoneNote: string,
/**
 * Where every byte went.
 */
ledger: Ledger,
/**
 * Why opening failed, or what stopped indexing; rows stay readable where they can.
 */
error: CommandError | null, };

/**
 * One open archive.
 */
export type ArchiveStatus = {
/**
 * Its number in this window, from 0.
 */
id: number,
/**
 * File or folder name, escaped.
 */
name: string,
/**
 * Format, such as `sealog`.
 */
format: string,
/**
 * Schema of its entries, such as `kubernetes-audit`.
 */
schema: string,
/**
 * The schema was guessed from the entries' shape.
 */
schemaGuessed: boolean,
/**
 * Verdict when known in full, else `None`.
 */
verdict: VerdictWord | null,
/**
 * The verdict in one sentence.
 */
says: string,
/**
 * Size as stored.
 */
bytes: Whole,
/**
 * Log entries known so far.
 */
entries: Whole,
/**
 * Breaks found so far.
 */
problems: Whole,
/**
 * The file changed since it was opened; results describe the earlier content.
 */
changedOnDisk: boolean, };

/**
 * How far the check of seals is.
 */
export type CheckProgress = {
/**
 * Bytes checked.
 */
doneBytes: Whole,
/**
 * Bytes to check.
 */
totalBytes: Whole,
/**
 * Entries checked.
 */
entries: Whole,
/**
 * Rate, such as `412 MB/s`; empty while not stable.
 */
rateText: string,
/**
 * Time left, such as `about 38 s left` or `estimating…`; empty when done.
 */
etaText: string,
/**
 * First break found, in a sentence.
 */
firstProblem: string | null, };

/**
 * How far the index is.
 */
export type IndexProgress = {
/**
 * 0 to 100.
 */
percent: number,
/**
 * Every entry is indexed.
 */
complete: boolean,
/**
 * The index, and with it the last check, was read from the cache.
 */
fromCache: boolean,
/**
 * When the seals were last checked, as text in the display zone; empty while checking.
 */
checkedAtText: string,
/**
 * Time left; empty when complete.
 */
etaText: string, };

/**
 * The verdict as far as it is known.
 */
export type VerdictSoFar = {
/**
 * The archive's verdict once everything was checked; before that `broken` as soon as a break
 * was found, else `unchecked`.
 */
word: VerdictWord,
/**
 * One sentence, such as `No problem so far: 18.4 M of 30.1 M entries checked.`
 */
sentence: string, };

/**
 * Where every byte went. Entries = dated + undated; bytes = entries + rejected.
 */
export type Ledger = {
/**
 * Bytes read, unpacked.
 */
bytes: Whole,
/**
 * Lines found.
 */
lines: Whole,
/**
 * Log entries.
 */
entries: Whole,
/**
 * Rows: records of the entries.
 */
rows: Whole,
/**
 * Control entries of the format.
 */
control: Whole,
/**
 * Entries without a time.
 */
undated: Whole,
/**
 * Pieces that are no entries, each with a reason under damage.
 */
rejected: Whole,
/**
 * Entries that no schema reads; kept and searchable as text.
 */
unparsed: Whole, };

/**
 * A field that might hold an entry's time.
 */
export type TimeFieldCandidate = {
/**
 * The field's path.
 */
field: string,
/**
 * A value of it, as text, escaped.
 */
example: string,
/**
 * How many of the sampled entries hold a time there, from 0 to 1.
 */
share: number,
/**
 * It is the one in use.
 */
selected: boolean, };

/**
 * The index cache of this computer.
 */
export type CacheInfo = {
/**
 * Where it lies, escaped.
 */
place: string,
/**
 * Bytes in use.
 */
bytes: Whole,
/**
 * Cap in bytes.
 */
capBytes: Whole,
/**
 * Archives with an index.
 */
archives: Whole, };

/**
 * What the one parser says about a query. Offsets count UTF-16 code units, as the page does.
 */
export type QueryCheck = {
/**
 * The query in canonical form; `None` where it does not parse.
 */
canonical: string | null,
/**
 * Errors and hints, in order.
 */
diagnostics: Array<Diagnostic>,
/**
 * The top-level conditions joined by AND.
 */
pills: Array<Pill>, };

/**
 * One thing to say about a place of a query.
 */
export type Diagnostic = {
/**
 * The query cannot run because of it; otherwise it is a hint (an unknown field).
 */
error: boolean,
/**
 * Where it begins.
 */
fromUtf16: number,
/**
 * One past where it ends.
 */
toUtf16: number,
/**
 * A sentence.
 */
message: string,
/**
 * What to put there instead.
 */
fix: Fix | null, };

/**
 * A replacement for the text of a diagnostic.
 */
export type Fix = {
/**
 * What it does, such as `Did you mean user.username?`.
 */
label: string,
/**
 * The text that replaces the place of the diagnostic.
 */
replacement: string, };

/**
 * One condition, shown as a pill under the query.
 */
export type Pill = {
/**
 * The condition as text, without NOT; escaped.
 */
text: string,
/**
 * It excludes.
 */
negated: boolean,
/**
 * Where it begins, NOT included.
 */
fromUtf16: number,
/**
 * One past where it ends.
 */
toUtf16: number,
/**
 * The query with this pill taken out (canonical); `*` where none is left.
 */
without: string,
/**
 * The query with this pill turned into its opposite.
 */
inverted: string, };

/**
 * Answer to a request for completions.
 */
export type Completion = {
/**
 * Where the word to be replaced begins; it ends at the caret.
 */
fromUtf16: number,
/**
 * At most 50.
 */
options: Array<CompletionOption>, };

/**
 * One thing that could be written.
 */
export type CompletionOption = {
/**
 * What is listed, escaped.
 */
label: string,
/**
 * A count or what kind of thing it is, such as `12,402` or `field`.
 */
detail: string,
/**
 * What is written, quoted where needed.
 */
apply: string,
/**
 * A field name; otherwise a value or a keyword.
 */
field: boolean, };

/**
 * A search to be made.
 */
export type SearchRequest = {
/**
 * The query as typed; empty means every entry.
 */
text: string,
/**
 * The order of the hits.
 */
sort: Sort,
/**
 * Only hits at or after this moment.
 */
fromNs?: Ns,
/**
 * Only hits before this moment.
 */
toNs?: Ns,
/**
 * Join the stages of one request (Kubernetes audit) into one row.
 */
join?: boolean, };

/**
 * The order of hits. Ties stand in position order.
 */
export type Sort = "position" | "-position" | "time" | "-time";

/**
 * How far a search is. A query with errors does not run: then `search_id` is `None`.
 */
export type SearchState = {
/**
 * Names the search; `None` when it did not run.
 */
searchId: Whole | null,
/**
 * Grows whenever a row already handed out could differ: hits came in before it, a verdict
 * changed, the archive was checked anew. Stays the same when hits are only added behind.
 */
generation: Whole,
/**
 * Hits known.
 */
count: Whole,
/**
 * The count is final.
 */
exact: boolean,
/**
 * Rows looked at.
 */
searched: Whole,
/**
 * Rows there are, as far as known.
 */
total: Whole,
/**
 * It is still looking.
 */
running: boolean,
/**
 * The query in canonical form.
 */
canonical: string,
/**
 * Errors and hints.
 */
diagnostics: Array<Diagnostic>,
/**
 * Time left where the search is slow; empty otherwise.
 */
etaText: string, };

/**
 * What a query without hits would find if one pill were taken out.
 */
export type RelaxedQuery = {
/**
 * The pill that is taken out, escaped.
 */
without: string,
/**
 * The query without it.
 */
text: string,
/**
 * How many hits it has then.
 */
count: Whole, };

/**
 * A column that the table can show. Seal and position always stand first and are not listed.
 */
export type Column = {
/**
 * The field's name in queries: `time`, `severity`, `who`, … or a raw path.
 */
key: string,
/**
 * Heading, escaped.
 */
title: string,
/**
 * Set in the fixed-width face.
 */
mono: boolean,
/**
 * First width in pixels at normal density.
 */
width: number,
/**
 * Shown until the examiner hides it.
 */
defaultVisible: boolean, };

/**
 * A raw field that at least one entry has.
 */
export type FieldInfo = {
/**
 * Path, as written in queries.
 */
key: string,
/**
 * Path, escaped.
 */
title: string,
/**
 * Rows that have it; `None` while not counted.
 */
rows: Whole | null, };

/**
 * Which rows to read.
 */
export type PageRequest = {
/**
 * The search.
 */
searchId: Whole,
/**
 * First ordinal: place among the hits, from 0.
 */
first: Whole,
/**
 * How many, at most 512.
 */
count: number,
/**
 * Keys of the columns whose cells are wanted, in order.
 */
columns: Array<string>, };

/**
 * Rows read again from the archive and hashed again.
 */
export type Page = {
/**
 * Generation of the search at that moment.
 */
generation: Whole,
/**
 * Ordinal of the first row.
 */
first: Whole,
/**
 * Hits known at that moment.
 */
count: Whole,
/**
 * The rows; fewer than asked for at the end.
 */
rows: Array<Row>, };

/**
 * One row of the table.
 */
export type Row = {
/**
 * Place among the hits, from 0.
 */
ordinal: Whole,
/**
 * Archive's number.
 */
archive: number,
/**
 * Position of the entry in its archive.
 */
position: Whole,
/**
 * Number of the record in the entry; `None` where the entry is one record.
 */
record?: number,
/**
 * The entry's verdict.
 */
verdict: VerdictWord,
/**
 * How grave it is.
 */
severity?: SeverityWord,
/**
 * When; `None` for undated entries.
 */
timeNs?: Ns,
/**
 * When, as text in the display zone and at the precision of the source.
 */
timeText: string,
/**
 * One cell per column asked for, at most 512 bytes each.
 */
cells: Array<Shown>,
/**
 * What else is to be said of the entry.
 */
flags?: RowFlags, };

/**
 * What else is to be said of an entry.
 */
export type RowFlags = {
/**
 * Zone or year of the time was inferred.
 */
timeInferred: boolean,
/**
 * Holds control characters.
 */
controls: boolean,
/**
 * Holds characters that turn the direction of text, or that cannot be seen.
 */
bidi: boolean,
/**
 * Holds bytes that are not UTF-8.
 */
invalidUtf8: boolean,
/**
 * No schema reads it.
 */
unparsed: boolean,
/**
 * Its bytes could not be read again; the cells are empty.
 */
unreadable: boolean,
/**
 * How many sealed entries are missing directly before it; 0 for none.
 */
missingBefore: Whole,
/**
 * How many further stages are joined into this row; 0 for none.
 */
joined: number, };

/**
 * Sealed entries that are missing between two rows of an unfiltered table in stored order.
 */
export type RowGap = {
/**
 * Ordinal of the row after the gap; the count of rows where the gap is at the end.
 */
beforeOrdinal: Whole,
/**
 * How many are missing.
 */
missing: Whole,
/**
 * Archive's number.
 */
archive: number,
/**
 * Sealed position of the first one missing.
 */
position: Whole, };

/**
 * Where to go.
 */
export type GotoAnswer = {
/**
 * The place among the hits.
 */
ordinal: Whole | null,
/**
 * Where that is, or why there is none.
 */
message: string, };

/**
 * Asks for the next seal problem.
 */
export type ProblemRequest = {
/**
 * The search whose ordinals are wanted.
 */
searchId: Whole,
/**
 * Archive where to begin.
 */
archive: number,
/**
 * Stored position where to begin; problems at it are passed over.
 */
position: Whole | null,
/**
 * Look for the one before.
 */
backward: boolean, };

/**
 * A seal problem. After the last one comes the first one.
 */
export type ProblemPlace = {
/**
 * Archive's number.
 */
archive: number,
/**
 * Stored position of the entry, or of the entry after what is missing.
 */
position: Whole,
/**
 * Its place among the hits; `None` where the query leaves it out.
 */
ordinal: Whole | null,
/**
 * Which one it is, such as `Problem 2 of 5: 12 entries missing after 1,206.`
 */
says: string, };

/**
 * Rows to be copied.
 */
export type CopyRequest = {
/**
 * The search.
 */
searchId: Whole,
/**
 * Half-open ranges of ordinals, in order.
 */
ranges: Array<[Whole, Whole]>,
/**
 * Keys of the columns, in order; used by tab-separated text.
 */
columns: Array<string>,
/**
 * The form.
 */
format: CopyFormat, };

/**
 * The form of copied rows. Each has the seal state.
 */
export type CopyFormat = "tsv" | "jsonl";

/**
 * Rows as text. Above 100,000 rows or 32 MB the command fails and says so.
 */
export type Copied = {
/**
 * The text for the clipboard.
 */
text: string,
/**
 * How many rows it holds.
 */
rows: Whole, };

/**
 * A field that can be broken down.
 */
export type FacetField = {
/**
 * The field's name in queries.
 */
field: string,
/**
 * Heading, escaped.
 */
title: string,
/**
 * Open from the start.
 */
open: boolean, };

/**
 * Which facets are wanted.
 */
export type FacetRequest = {
/**
 * The search.
 */
searchId: Whole,
/**
 * The fields.
 */
fields: Array<string>,
/**
 * How many values of each, at most 200.
 */
top: number,
/**
 * Only values that contain this, whatever the case.
 */
filter?: string, };

/**
 * The most frequent values of one field, counted under the query.
 */
export type Facet = {
/**
 * The field's name in queries.
 */
field: string,
/**
 * Heading, escaped.
 */
title: string,
/**
 * How far the counts can be relied on.
 */
state: FacetState,
/**
 * How many different values there are; `None` while not known.
 */
distinct: Whole | null,
/**
 * Most frequent first; `seal` stands in the order of verdicts.
 */
values: Array<FacetValue>,
/**
 * Why this facet could not be counted.
 */
error: string | null, };

/**
 * How far counts can be relied on.
 */
export type FacetState = "exact" | "partial" | "sampled";

/**
 * One value with its count.
 */
export type FacetValue = {
/**
 * The value.
 */
value: Shown,
/**
 * The condition that stands for it, quoted where needed: `who:"system:admin"`.
 */
condition: string,
/**
 * Rows.
 */
count: Whole,
/**
 * The query asks for it already.
 */
included: boolean,
/**
 * The query excludes it already.
 */
excluded: boolean, };

/**
 * The zone in which times are shown.
 */
export type Zone = "utc" | "local" | "source";

/**
 * Which histogram is wanted.
 */
export type HistogramRequest = {
/**
 * The search.
 */
searchId: Whole,
/**
 * Begin of the view; `None` for the first hit.
 */
fromNs?: Ns,
/**
 * End of the view; `None` for after the last hit.
 */
toNs?: Ns,
/**
 * At most so many buckets, up to 600.
 */
maxBuckets: number, };

/**
 * Hits over time. Buckets without hits may be left out.
 */
export type Histogram = {
/**
 * Generation of the search.
 */
generation: Whole,
/**
 * Begin of the view.
 */
fromNs: Ns,
/**
 * End of the view, half-open.
 */
toNs: Ns,
/**
 * First hit of the whole search; equals `to_all_ns` where no hit is dated.
 */
fromAllNs: Ns,
/**
 * One past the last hit of the whole search.
 */
toAllNs: Ns,
/**
 * Width of a bucket in nanoseconds, from a ladder of round widths.
 */
bucketNs: Ns,
/**
 * Width in words, such as `5 min`.
 */
bucketText: string,
/**
 * In order of time.
 */
buckets: Array<Bucket>,
/**
 * Dated hits in the view.
 */
dated: Whole,
/**
 * Hits without a time, in the whole search.
 */
undated: Whole,
/**
 * Every entry was counted; otherwise more may come.
 */
exact: boolean,
/**
 * Time without entries, and entries that are missing.
 */
gaps: Array<TimeGap>,
/**
 * The verdicts along time, placed by entry order; at most 600.
 */
sealLane: Array<SealSpan>,
/**
 * The breaks in the view, gathered per bucket; at most 600.
 */
breaks: Array<TimelineBreak>,
/**
 * Where the clock went back; the largest 100.
 */
clockSteps: Array<ClockStep>,
/**
 * Offsets of the display zone from UTC in and around the view, in order of time, at least
 * one; the page writes times of this chart with them and knows no zones of its own.
 */
zoneOffsets: Array<ZoneOffset>,
/**
 * The time up to which entries are indexed; what lies after is hatched. `None` when complete.
 */
indexedToNs: Ns | null, };

/**
 * The hits of one stretch of time.
 */
export type Bucket = {
/**
 * Where it begins.
 */
startNs: Ns,
/**
 * Hits.
 */
count: Whole,
/**
 * Hits by verdict: intact, consistent, unproven, unsealed, broken, unchecked.
 */
byVerdict: [Whole, Whole, Whole, Whole, Whole, Whole],
/**
 * Hits by severity: critical, error, warning, info, debug, none.
 */
bySeverity: [Whole, Whole, Whole, Whole, Whole, Whole], };

/**
 * A stretch of time without entries.
 */
export type TimeGap = {
/**
 * Where it begins.
 */
fromNs: Ns,
/**
 * Where it ends.
 */
toNs: Ns,
/**
 * How many sealed entries are missing there; 0 for plain silence.
 */
missing: Whole, };

/**
 * A stretch of the seal lane with one verdict.
 */
export type SealSpan = {
/**
 * Where it begins.
 */
fromNs: Ns,
/**
 * Where it ends.
 */
toNs: Ns,
/**
 * Its worst verdict, except that breaks are drawn as marks.
 */
verdict: VerdictWord, };

/**
 * One or several breaks at one place of the timeline.
 */
export type TimelineBreak = {
/**
 * Where to draw it.
 */
timeNs: Ns,
/**
 * Archive's number.
 */
archive: number,
/**
 * Stored position of the first.
 */
position: Whole,
/**
 * How many are gathered here.
 */
count: Whole,
/**
 * What it is, such as `Broken at entry 1,204`.
 */
label: string, };

/**
 * A place where the clock went back.
 */
export type ClockStep = {
/**
 * The earlier time that follows.
 */
timeNs: Ns,
/**
 * Position of the entry that is earlier than the one before.
 */
position: Whole,
/**
 * Archive's number.
 */
archive: number,
/**
 * What it is, such as `clock went back 00:03:12`.
 */
label: string, };

/**
 * The display zone's offset from one moment on.
 */
export type ZoneOffset = {
/**
 * From this moment on; the first one also holds before.
 */
fromNs: Ns,
/**
 * Seconds east of UTC; 0 where the display zone is that of each source.
 */
seconds: number, };

/**
 * Names a row by its place in an archive.
 */
export type EntryAt = {
/**
 * Archive's number.
 */
archive: number,
/**
 * Position of the entry.
 */
position: Whole,
/**
 * Number of the record in the entry.
 */
record?: number, };

/**
 * All that one entry says, read and hashed again.
 */
export type EntryDetail = {
/**
 * Where it stands.
 */
at: EntryAt,
/**
 * Its verdict.
 */
verdict: VerdictWord,
/**
 * The verdict in a few words, such as `Broken here`.
 */
headline: string,
/**
 * The fact in a sentence.
 */
sentence: string,
/**
 * The spine first, then the raw fields in the order of the entry. At most 2,000.
 */
fields: Array<EntryField>,
/**
 * Fields that were left out because there are too many.
 */
fieldsLeftOut: Whole,
/**
 * The stored bytes as text, at most 64 kB; line breaks are kept.
 */
rawText: Shown,
/**
 * The bytes go on beyond `raw_text`.
 */
rawTruncated: boolean,
/**
 * Size of the entry.
 */
bytesTotal: Whole,
/**
 * Such as `UTF-8, 2 invalid bytes shown as ⟦FF⟧`.
 */
encodingNote: string,
/**
 * What is worth knowing, in sentences: direction controls, mixed scripts, duplicate keys.
 */
notes: Array<string>,
/**
 * When, in each zone.
 */
times: EntryTimes | null,
/**
 * Rows of the same request, in order of time, where the schema joins them.
 */
stages: Array<RequestStage>, };

/**
 * One field of an entry.
 */
export type EntryField = {
/**
 * Name in queries and columns.
 */
key: string,
/**
 * Name, escaped.
 */
name: Shown,
/**
 * Value, at most 64 kB.
 */
shown: Shown,
/**
 * What kind of value.
 */
kind: FieldKind,
/**
 * It belongs to the spine.
 */
spine: boolean,
/**
 * The condition that stands for it; `None` where it cannot be filtered.
 */
condition: string | null,
/**
 * The value for the clipboard, escaped as in exports.
 */
copy: string, };

/**
 * What kind of value a field has.
 */
export type FieldKind = "text" | "number" | "bool" | "null" | "time";

/**
 * When an entry happened.
 */
export type EntryTimes = {
/**
 * In the zone that the entry states.
 */
source: string,
/**
 * In UTC.
 */
utc: string,
/**
 * In the zone of this computer.
 */
local: string,
/**
 * Smallest unit that the entry gives, in words.
 */
precision: string,
/**
 * How the zone and the year are known; empty where both are stated.
 */
zoneNote: string,
/**
 * The time as the entry writes it.
 */
originalText: Shown,
/**
 * The field that it stands in.
 */
field: string, };

/**
 * One row of the same request.
 */
export type RequestStage = {
/**
 * Where it stands.
 */
at: EntryAt,
/**
 * The stage, escaped.
 */
stage: string,
/**
 * When, in the display zone.
 */
timeText: string,
/**
 * Its verdict.
 */
verdict: VerdictWord,
/**
 * It is the entry shown.
 */
here: boolean, };

/**
 * Bytes of an entry that are wanted.
 */
export type BytesRequest = {
/**
 * Archive's number.
 */
archive: number,
/**
 * Position of the entry.
 */
position: Whole,
/**
 * First byte, from 0 in the entry.
 */
offset: Whole,
/**
 * How many, at most 65,536.
 */
len: number, };

/**
 * Bytes of an entry.
 */
export type RawBytes = {
/**
 * First byte, from 0 in the entry.
 */
offset: Whole,
/**
 * The bytes in hex, two digits each.
 */
hex: string,
/**
 * Size of the entry.
 */
total: Whole, };

/**
 * Which proof is wanted.
 */
export type ProofRequest = {
/**
 * Archive's number.
 */
archive: number,
/**
 * Position of the entry.
 */
position: Whole, };

/**
 * Why an entry has its verdict, made again from its bytes.
 */
export type ProofView = {
/**
 * The verdict in a sentence.
 */
sentence: string,
/**
 * The verdict.
 */
verdict: VerdictWord,
/**
 * What the bytes give (hex), and over which bytes.
 */
computed: string | null,
/**
 * What the seal says (hex).
 */
claimed: string | null,
/**
 * Where the claimed value stands, such as `leaf list of the frame at byte 1,204,224`.
 */
claimedFrom: string,
/**
 * What was hashed, such as `SHA-256 of 0x00 and 412 bytes`.
 */
leafInput: string,
/**
 * The checks in order.
 */
steps: Array<ProofStep>,
/**
 * What the seal is worth, in a few sentences; empty where the steps say it.
 */
worth: string,
/**
 * Inclusion path from leaf to root, hex; empty where the format has none.
 */
path: Array<string>,
/**
 * The root that the path leads to, hex.
 */
root: string | null,
/**
 * The checkpoint's text, escaped; line breaks are kept.
 */
checkpoint: string | null,
/**
 * Shell commands that check the same without Sealscope.
 */
shellCommands: string,
/**
 * The proof as text for the clipboard or a file.
 */
exportText: string, };

/**
 * One check of a proof.
 */
export type ProofStep = {
/**
 * What was checked.
 */
label: string,
/**
 * How it came out.
 */
state: CheckState,
/**
 * Details in a sentence.
 */
detail: string, };

/**
 * Which part of the chain is wanted.
 */
export type ChainRequest = {
/**
 * Archive's number.
 */
archive: number,
/**
 * Sealed position in the middle.
 */
position: Whole,
/**
 * Number of the break that it is about, from 0; it goes before the position.
 */
problem: Whole | null,
/**
 * How many nodes on each side, at most 20.
 */
around: number, };

/**
 * One node of the chain as drawn.
 */
export type ChainNode = {
/**
 * What it is.
 */
kind: ChainKind,
/**
 * What is written in it, such as `1,204`, `12 missing`, `Checkpoint 3`; escaped.
 */
label: string,
/**
 * Stored position; `None` where nothing is stored.
 */
position: Whole | null,
/**
 * First 12 hex digits of its digest; empty where it has none.
 */
digestShort: string,
/**
 * Its verdict.
 */
verdict: VerdictWord,
/**
 * How it hangs on the node before; a seal with entries under it, on the seal before.
 */
link: ChainLink,
/**
 * What is to be said under it; empty for nothing.
 */
note: string,
/**
 * It is the one in the middle.
 */
here: boolean,
/**
 * It stands under the last node that does not: an entry under the seal that covers it.
 */
under: boolean,
/**
 * The file that holds a seal, where it has one of its own; escaped.
 */
file: string | null, };

/**
 * What a node of the chain is.
 */
export type ChainKind = "entry" | "control" | "missing" | "added" | "checkpoint" | "segment" | "more";

/**
 * How a node hangs on the one before.
 */
export type ChainLink = "none" | "ok" | "broken" | "unknown";

/**
 * What the verification screen shows.
 */
export type VerificationReport = {
/**
 * One per archive, in their order.
 */
archives: Array<ArchiveReport>,
/**
 * Where every byte went.
 */
ledger: Ledger,
/**
 * The check is still going on; counts grow.
 */
running: boolean, };

/**
 * The verdict of one archive with its grounds.
 */
export type ArchiveReport = {
/**
 * Archive's number.
 */
id: number,
/**
 * File or folder name, escaped.
 */
name: string,
/**
 * Format, such as `sealog`.
 */
format: string,
/**
 * Verdict; `unchecked` while incomplete.
 */
verdict: VerdictWord,
/**
 * Such as `Broken at entry 1,204`.
 */
title: string,
/**
 * One or more sentences.
 */
sentence: string,
/**
 * Base of the seals: `checksum`, `chain`, `keyed`, `signed`; empty for none.
 */
strength: string,
/**
 * Additions: `timestamped`, `witnessed`.
 */
also: Array<string>,
/**
 * The end.
 */
tail: EndView,
/**
 * The beginning.
 */
head: EndView,
/**
 * When checked, as text in the display zone.
 */
checkedAtText: string,
/**
 * SHA-256 of the file, hex; empty where not computed.
 */
sha256: string,
/**
 * Whose keys.
 */
signers: Array<SignerView>,
/**
 * Entries by verdict.
 */
counts: CountsView,
/**
 * The first 1,000 ranges.
 */
ranges: Array<RangeView>,
/**
 * How many ranges there are.
 */
rangesTotal: Whole,
/**
 * The first 500 breaks; further ones by the command `breaks`.
 */
breaks: Array<BreakView>,
/**
 * How many breaks there are.
 */
breaksTotal: Whole,
/**
 * Bytes that do not parse, the first 500.
 */
damage: Array<DamageView>,
/**
 * How many pieces of damage there are.
 */
damageTotal: Whole,
/**
 * Facts that are no seal failure, the first 500.
 */
observations: Array<ObservationView>,
/**
 * How many observations there are.
 */
observationsTotal: Whole,
/**
 * Content, order, seal, signer, time, completeness.
 */
aspects: Array<AspectView>,
/**
 * The checks performed.
 */
checks: Array<CheckRow>,
/**
 * What the verdict means and what would prove more; `None` where breaks say it, or nothing is
 * left to prove.
 */
card: VerdictCard | null,
/**
 * What is known from outside: timestamps, witnesses, what was seen before, anchors.
 */
outside: Array<OutsideView>,
/**
 * How the digests of a chained log are made; `None` for other formats.
 */
profile: ChainProfileView | null,
/**
 * Remarks, such as what was given for this run only; escaped.
 */
notes: Array<string>, };

/**
 * Whether a cut at one end would show.
 */
export type EndView = {
/**
 * It would.
 */
anchored: boolean,
/**
 * By what; empty when open.
 */
by: string,
/**
 * A sentence.
 */
says: string, };

/**
 * A key that signed.
 */
export type SignerView = {
/**
 * Key name, escaped.
 */
name: string,
/**
 * Key id, hex.
 */
keyId: string,
/**
 * SHA-256 of the public key, hex.
 */
fingerprint: string,
/**
 * Verifier key in the signed-note form, escaped.
 */
vkey: string,
/**
 * The examiner trusts it for this origin.
 */
trusted: boolean,
/**
 * Origin of the log, escaped.
 */
origin: string,
/**
 * Checkpoints that it signed.
 */
checkpoints: Whole,
/**
 * Such as `trusted since 2026-01-02` or `found in the archive itself`.
 */
says: string, };

/**
 * Entries by verdict.
 */
export type CountsView = {
/**
 * Sum of the verdicts below.
 */
total: Whole,
/**
 * Control entries, beside the total.
 */
control: Whole,
/**
 * Intact.
 */
intact: Whole,
/**
 * Consistent.
 */
consistent: Whole,
/**
 * Unproven.
 */
unproven: Whole,
/**
 * Unsealed.
 */
unsealed: Whole,
/**
 * Broken.
 */
broken: Whole,
/**
 * Not looked at.
 */
unchecked: Whole, };

/**
 * Entries `from <= position < to` with one verdict.
 */
export type RangeView = {
/**
 * First position.
 */
from: Whole,
/**
 * One past the last.
 */
to: Whole,
/**
 * Their verdict.
 */
verdict: VerdictWord,
/**
 * Base of their seal; empty for none.
 */
strength: string, };

/**
 * Which breaks are wanted.
 */
export type BreakRequest = {
/**
 * Archive's number.
 */
archive: number,
/**
 * First break, from 0.
 */
first: Whole,
/**
 * How many, at most 500.
 */
count: number, };

/**
 * Some of the breaks.
 */
export type BreakPage = {
/**
 * Number of the first.
 */
first: Whole,
/**
 * How many there are in all.
 */
total: Whole,
/**
 * The breaks.
 */
breaks: Array<BreakView>, };

/**
 * One break, explained.
 */
export type BreakView = {
/**
 * Kind: `modified`, `removed`, …
 */
kind: string,
/**
 * Such as `12 entries missing after 1,206`.
 */
title: string,
/**
 * Sealed position of the first entry concerned.
 */
position: Whole,
/**
 * How many entries.
 */
count: Whole,
/**
 * Stored position, where it is another one.
 */
found: Whole | null,
/**
 * Stored position to show in the table; `None` where nothing is stored nearby.
 */
stored: Whole | null,
/**
 * What the seal says, hex.
 */
claimed: string | null,
/**
 * What the bytes give, hex.
 */
computed: string | null,
/**
 * The file, where the archive is several; escaped.
 */
file: string | null,
/**
 * Where in the file.
 */
offsetBytes: Whole | null,
/**
 * Exactly these entries; otherwise somewhere in the range.
 */
exact: boolean,
/**
 * The fact in a sentence.
 */
sentence: string,
/**
 * What it can mean.
 */
canMean: Array<string>,
/**
 * What it does not tell.
 */
doesNotTell: Array<string>,
/**
 * What to do next.
 */
nextStep: string, };

/**
 * Bytes that do not parse.
 */
export type DamageView = {
/**
 * The file, where the archive is several; escaped.
 */
file: string | null,
/**
 * Where the bytes begin.
 */
offsetBytes: Whole,
/**
 * What was expected and found, in a sentence.
 */
reason: string, };

/**
 * A fact that is no seal failure.
 */
export type ObservationView = {
/**
 * Kind: `clock-reversed`, …
 */
kind: string,
/**
 * Kind in words, such as `Clock went back`.
 */
title: string,
/**
 * The entry, where there is one.
 */
position: Whole | null,
/**
 * The fact in a sentence.
 */
says: string,
/**
 * What it can mean.
 */
canMean: Array<string>,
/**
 * What it does not tell.
 */
doesNotTell: Array<string>,
/**
 * What to do next.
 */
nextStep: string, };

/**
 * One of the six aspects.
 */
export type AspectView = {
/**
 * `Content`, `Order`, `Seal`, `Signer`, `Time`, `Completeness`.
 */
name: string,
/**
 * How it came out.
 */
state: CheckState,
/**
 * Why; empty where it is plainly ok.
 */
why: string, };

/**
 * One line of the table of checks.
 */
export type CheckRow = {
/**
 * Such as `Checkpoint signatures`.
 */
name: string,
/**
 * How it came out.
 */
state: CheckState,
/**
 * Such as `1 of 212`.
 */
result: string,
/**
 * Over what, such as `30,112,090 entries`.
 */
scope: string, };

/**
 * How a check came out.
 */
export type CheckState = "ok" | "broken" | "absent" | "not-checkable";

/**
 * The key that the examiner thinks of trusting.
 */
export type TrustPreviewRequest = {
/**
 * Archive's number.
 */
archive: number,
/**
 * Key id, hex, as in the archive's signers.
 */
keyId: string, };

/**
 * What something given is for.
 */
export type GivenKind = "key" | "anchor" | "authority";

/**
 * Something that the examiner gave for this run, without what it holds.
 */
export type GivenView = {
/**
 * Stands for it.
 */
id: Whole,
/**
 * What it is for.
 */
kind: GivenKind,
/**
 * The file's name, or how it was given; escaped.
 */
name: string,
/**
 * What it looks like, such as `journal verification key`.
 */
looksLike: string, };

/**
 * How the digests of chained logs are made, to be shown and edited.
 */
export type ChainProfileView = {
/**
 * A profile can matter to what is open.
 */
applies: boolean,
/**
 * The examiner gave it; it goes before what is found.
 */
given: boolean,
/**
 * Where it comes from, in a sentence; escaped.
 */
says: string,
/**
 * The profile, TOML with line breaks; empty where there is none. Escaped but for these.
 */
toml: string, };

/**
 * One thing known from outside, and what came of it.
 */
export type OutsideView = {
/**
 * Such as `Timestamp`, `Anchor you gave`.
 */
title: string,
/**
 * How it came out.
 */
state: CheckState,
/**
 * That in a word or two, such as `trusted`.
 */
worth: string,
/**
 * The fact on one line; escaped.
 */
line: string,
/**
 * More of it, in sentences; empty for nothing. Escaped.
 */
why: string, };

/**
 * What a verdict that is neither broken nor proven to both ends means.
 */
export type VerdictCard = {
/**
 * What it can mean.
 */
canMean: Array<string>,
/**
 * What it does not tell.
 */
doesNotTell: Array<string>,
/**
 * What to do next.
 */
nextStep: string,
/**
 * Commands that collect what is missing; line breaks are kept.
 */
recipe: string | null,
/**
 * A key given for this run can change the verdict.
 */
wantsKey: boolean,
/**
 * An anchor given for this run can change it, or what it rests on.
 */
wantsAnchor: boolean, };

/**
 * A key that signed an archive and is not trusted yet.
 */
export type TrustPreview = {
/**
 * Key name, escaped.
 */
name: string,
/**
 * Key id, hex.
 */
keyId: string,
/**
 * SHA-256 of the public key: 16 groups of four hex digits, parted by spaces.
 */
fingerprint: string,
/**
 * Origin of the log, without the run's own id; escaped. Proposed as the pattern.
 */
origin: string,
/**
 * Verifier key in the signed-note form, escaped.
 */
vkey: string,
/**
 * How many checkpoints it signed here.
 */
checkpoints: Whole,
/**
 * What trusting means and does not mean, in sentences.
 */
warning: string, };

/**
 * Trusts a key. The typed fingerprint comes from elsewhere: comparing is the point.
 */
export type TrustAddRequest = {
/**
 * Archive's number.
 */
archive: number,
/**
 * Key id, hex.
 */
keyId: string,
/**
 * Origins for which it is trusted; `*` stands for any run of characters.
 */
originPattern: string,
/**
 * What the examiner typed: the first 32 hex digits or more; spaces, colons and case are
 * ignored. The command fails with `fingerprint-differs` where it is not the key's.
 */
typedFingerprint: string, };

/**
 * What a report is for.
 */
export type TemplateWord = "verification" | "investigation" | "control-audit";

/**
 * How finely times are shown.
 */
export type PrecisionWord = "as-written" | "seconds" | "milliseconds" | "microseconds";

/**
 * What somebody did for the report.
 */
export type RoleWord = "examiner" | "reviewer" | "authoriser" | "other";

/**
 * What identifies a report.
 */
export type IdentityForm = {
/**
 * Title of the report.
 */
title: string,
/**
 * The examiner's own number for the case.
 */
caseNumber: string,
/**
 * Number of this version, from 1; 0 where it was not given.
 */
version: number,
/**
 * Id of the report that this one replaces.
 */
supersedes: string,
/**
 * Who issues it.
 */
organisation: string,
/**
 * Address of the issuer.
 */
address: string,
/**
 * For whom it is made.
 */
customer: string,
/**
 * How it is to be handled.
 */
classification: string, };

/**
 * Somebody who took part.
 */
export type PersonForm = {
/**
 * What they did.
 */
role: RoleWord,
/**
 * Name.
 */
name: string,
/**
 * Position or title.
 */
title: string,
/**
 * Address, telephone or e-mail.
 */
contact: string,
/**
 * What makes them a qualified person.
 */
qualifications: string, };

/**
 * What was asked.
 */
export type ScopeForm = {
/**
 * The question.
 */
question: string,
/**
 * Authority or legal basis.
 */
authority: string,
/**
 * Begin of the period examined.
 */
periodFrom: string,
/**
 * Its end.
 */
periodTo: string,
/**
 * What was looked at.
 */
inScope: string,
/**
 * What was left out.
 */
outOfScope: string, };

/**
 * One archive, as the examiner knows it.
 */
export type DepositForm = {
/**
 * Where it was opened.
 */
path: string,
/**
 * SHA-256 in hex; empty for folders.
 */
sha256: string,
/**
 * System or device that it comes from.
 */
source: string,
/**
 * Who collected it.
 */
collector: string,
/**
 * From whom it was received.
 */
receivedFrom: string,
/**
 * When, with its zone.
 */
receivedAt: string,
/**
 * Its condition on arrival.
 */
condition: string,
/**
 * The medium.
 */
medium: string,
/**
 * How the key that verifies it was obtained.
 */
keyObtained: string, };

/**
 * One handling of an item.
 */
export type CustodyForm = {
/**
 * Label of the item.
 */
item: string,
/**
 * What was done.
 */
action: string,
/**
 * When, with its zone.
 */
time: string,
/**
 * Who.
 */
who: string,
/**
 * Why.
 */
why: string,
/**
 * Where it is kept.
 */
place: string,
/**
 * Its hash then.
 */
hash: string, };

/**
 * A query whose record goes into the report.
 */
export type QueryForm = {
/**
 * What it asks, for people.
 */
title: string,
/**
 * Control that it belongs to; empty for none.
 */
control: string,
/**
 * Text in the query language.
 */
text: string,
/**
 * Only entries at or after this time.
 */
from: string,
/**
 * Only entries before this time.
 */
to: string,
/**
 * What the examiner answers.
 */
answer: string,
/**
 * Hits become exhibits, up to this many.
 */
exhibitsMax: Whole, };

/**
 * An entry that the report cites.
 */
export type CitedForm = {
/**
 * SHA-256 of its archive in hex; empty for a folder.
 */
archive: string,
/**
 * Where that archive was.
 */
path: string,
/**
 * Stored position.
 */
position: Whole,
/**
 * Number of the record in its entry.
 */
record: number,
/**
 * Hash of its leaf in hex.
 */
leaf: string,
/**
 * What the examiner says of it.
 */
note: string, };

/**
 * One finding.
 */
export type FindingForm = {
/**
 * A few words.
 */
title: string,
/**
 * What the entries show.
 */
observation: string,
/**
 * What is concluded from it.
 */
inference: string,
/**
 * What the examiner thinks.
 */
opinion: string,
/**
 * What else could explain it.
 */
alternatives: string,
/**
 * Numbers of the exhibits that it rests on, from 1.
 */
exhibits: Array<number>, };

/**
 * A field that is withheld in every exhibit.
 */
export type RedactForm = {
/**
 * Its dotted path, or a field of the spine.
 */
field: string,
/**
 * Why.
 */
reason: string, };

/**
 * Who signs.
 */
export type SignatoryForm = {
/**
 * Name.
 */
name: string,
/**
 * Position.
 */
position: string,
/**
 * Where.
 */
place: string, };

/**
 * A section in the report's order.
 */
export type SectionForm = {
/**
 * Its id, as in [`super::ReportChoices`].
 */
id: string,
/**
 * It is printed.
 */
printed: boolean, };

/**
 * All that the examiner writes and chooses.
 */
export type CaseForm = {
/**
 * What the report is for.
 */
template: TemplateWord,
/**
 * What identifies it.
 */
identity: IdentityForm,
/**
 * Who took part.
 */
people: Array<PersonForm>,
/**
 * What was asked.
 */
scope: ScopeForm,
/**
 * One for each archive that is open, then those of other archives.
 */
deposits: Array<DepositForm>,
/**
 * Hands that they went through.
 */
custody: Array<CustodyForm>,
/**
 * Queries.
 */
queries: Array<QueryForm>,
/**
 * Cited entries in their order.
 */
cited: Array<CitedForm>,
/**
 * What was found.
 */
findings: Array<FindingForm>,
/**
 * Limits that the examiner adds.
 */
limits: Array<string>,
/**
 * How the method was validated.
 */
validation: string,
/**
 * Where the examination departed from it.
 */
deviations: string,
/**
 * What is known about clocks.
 */
clocks: string,
/**
 * Fields whose values are withheld.
 */
redact: Array<RedactForm>,
/**
 * Names of the declarations that are made.
 */
declarations: Array<string>,
/**
 * Who makes them.
 */
signatory: SignatoryForm,
/**
 * All sections in order.
 */
sections: Array<SectionForm>,
/**
 * Zone of the times that are shown.
 */
zone: string,
/**
 * How finely those times are shown.
 */
precision: PrecisionWord,
/**
 * Hash and proof of redacted entries are put in all the same.
 */
provesRedacted: boolean,
/**
 * Exhibits printed in PDF at most.
 */
printedExhibitsMax: number, };

/**
 * The case as it is now.
 */
export type CaseView = {
/**
 * Id of the report, a UUID.
 */
id: string,
/**
 * Its file, escaped.
 */
path: string,
/**
 * How often it was written; 0: it has no file yet.
 */
revision: Whole,
/**
 * What was written and chosen.
 */
form: CaseForm,
/**
 * The archives that are open, in order.
 */
items: Array<CaseItem>, };

/**
 * An archive that is open.
 */
export type CaseItem = {
/**
 * Its label in the report.
 */
label: string,
/**
 * Its name, escaped.
 */
name: string,
/**
 * SHA-256 in hex; empty for folders, and while it is not known yet.
 */
sha256: string,
/**
 * Number of its deposit in the form.
 */
deposit: number, };

/**
 * A cited entry as it is now.
 */
export type CitedView = {
/**
 * It was found, and is the one that was cited.
 */
there: boolean,
/**
 * Label of its archive; empty where it was not found.
 */
label: string,
/**
 * Its verdict.
 */
verdict: VerdictWord,
/**
 * When, in the display zone.
 */
timeText: string,
/**
 * What it says, in short.
 */
message: Shown, };

/**
 * Entries to be cited: some of a search, or some by their place.
 */
export type CiteRequest = {
/**
 * The search.
 */
searchId: Whole,
/**
 * Half-open ranges of ordinals, in order.
 */
ranges: Array<[Whole, Whole]>,
/**
 * Entries by their place.
 */
entries: Array<EntryAt>, };

/**
 * What came of citing.
 */
export type CiteAnswer = {
/**
 * How many were added, at the end of the list.
 */
added: number,
/**
 * How many were there already.
 */
already: number,
/**
 * The case afterwards.
 */
view: CaseView, };

/**
 * What a report can be made of: the same for every case.
 */
export type ReportChoices = {
/**
 * All sections in their usual order.
 */
sections: Array<SectionChoice>,
/**
 * What a report can be for.
 */
templates: Array<TemplateChoice>,
/**
 * Declarations that can be made.
 */
declarations: Array<DeclarationChoice>,
/**
 * Prepared questions.
 */
controls: Array<ControlChoice>,
/**
 * Forms that this build writes.
 */
forms: Array<ReportForm>,
/**
 * It can sign a report.
 */
signs: boolean,
/**
 * Exhibits of one report at most.
 */
exhibitsMax: number, };

/**
 * One section.
 */
export type SectionChoice = {
/**
 * Its id.
 */
id: string,
/**
 * Its heading.
 */
heading: string,
/**
 * It cannot be left out.
 */
required: boolean, };

/**
 * What a report can be for.
 */
export type TemplateChoice = {
/**
 * Which.
 */
template: TemplateWord,
/**
 * For people.
 */
title: string,
/**
 * Sections that it leaves out unless they are chosen.
 */
leavesOut: Array<string>, };

/**
 * A declaration.
 */
export type DeclarationChoice = {
/**
 * Its name in a case.
 */
name: string,
/**
 * Its heading.
 */
title: string,
/**
 * Where the form comes from, and what has to be looked at before it is used.
 */
basis: string,
/**
 * The text.
 */
text: string, };

/**
 * A set of prepared questions.
 */
export type ControlChoice = {
/**
 * Its name.
 */
name: string,
/**
 * Its title.
 */
title: string,
/**
 * What has to be checked before use.
 */
basis: string,
/**
 * How many questions it has.
 */
questions: number, };

/**
 * The form of a report.
 */
export type ReportForm = "pdf" | "html" | "bag" | "zip" | "json";

/**
 * What is to be done.
 */
export type ReportTask = "preview" | "make" | "check" | "check-other" | "export";

/**
 * Asks for something to be done.
 */
export type ReportRequest = {
/**
 * What.
 */
task: ReportTask,
/**
 * The form of a file.
 */
form: ReportForm,
/**
 * Passphrase of the signing key; empty where it has none.
 */
passphrase: string, };

/**
 * How far the work on a report is.
 */
export type ReportPhase = "idle" | "gathering" | "writing" | "checking" | "done" | "failed" | "stopped";

/**
 * The work on reports, and what came of it.
 */
export type ReportState = {
/**
 * The task that is done now, or was done last.
 */
task: ReportTask | null,
/**
 * How far it is.
 */
phase: ReportPhase,
/**
 * Exhibits read so far.
 */
done: Whole,
/**
 * All of them; 0 while that is not known.
 */
total: Whole,
/**
 * Why it failed.
 */
error: CommandError | null,
/**
 * The newest preview.
 */
preview: PreviewView | null,
/**
 * The report that was made last.
 */
made: MadeReport | null,
/**
 * The newest check of a report.
 */
checked: CheckedReport | null,
/**
 * The newest export.
 */
exported: ExportedView | null, };

/**
 * A preview: a report that was gathered, and its pages.
 */
export type PreviewView = {
/**
 * Grows with each preview.
 */
number: Whole,
/**
 * Generation of the open archives that it shows, as in the status.
 */
generation: Whole,
/**
 * Revision of the case that it shows.
 */
revision: Whole,
/**
 * Pages; 0 where they could not be drawn.
 */
pages: number,
/**
 * Why they could not be drawn; escaped, empty where they are there.
 */
noPages: string,
/**
 * What the report warns of, escaped.
 */
warnings: Array<string>,
/**
 * Exhibits that it has.
 */
exhibits: number,
/**
 * What it took to make, in milliseconds.
 */
tookMs: Whole, };

/**
 * A report that was made.
 */
export type MadeReport = {
/**
 * Where it is, escaped.
 */
path: string,
/**
 * Its form.
 */
form: ReportForm,
/**
 * Its bytes; of a folder, those of all files.
 */
bytes: Whole,
/**
 * SHA-256 of the file; of a folder, that of its list of files.
 */
sha256: string,
/**
 * What that is the digest of.
 */
sha256Of: string,
/**
 * SHA-256 of the content, which stands in the report.
 */
contentSha256: string,
/**
 * The signature beside it, escaped; empty where there is none.
 */
signature: string,
/**
 * What the report warns of, escaped.
 */
warnings: Array<string>, };

/**
 * How one check of a report came out.
 */
export type CheckedWord = "ok" | "broken" | "not-checkable" | "absent";

/**
 * Whether a report holds.
 */
export type CheckedAnswer = "holds" | "does-not-hold" | "not-in-full";

/**
 * A report that was checked.
 */
export type CheckedReport = {
/**
 * Where it is, escaped.
 */
path: string,
/**
 * The answer.
 */
answer: CheckedAnswer,
/**
 * The answer in words.
 */
title: string,
/**
 * The checks in order.
 */
lines: Array<CheckedLine>, };

/**
 * One check of a report.
 */
export type CheckedLine = {
/**
 * What was checked.
 */
what: Shown,
/**
 * How it came out.
 */
word: CheckedWord,
/**
 * In a sentence; may hold text of the report.
 */
says: Shown, };

/**
 * The form of exported hits.
 */
export type ExportForm = "csv" | "json-lines" | "timesketch" | "ecs" | "ocsf" | "case" | "parquet";

/**
 * Hits that were exported.
 */
export type ExportedView = {
/**
 * Where they are, escaped.
 */
path: string,
/**
 * How many rows.
 */
rows: Whole,
/**
 * Its bytes.
 */
bytes: Whole,
/**
 * SHA-256 of the file.
 */
sha256: string,
/**
 * Rows without a time, which stand in a file of their own; 0 for none.
 */
undated: Whole, };

/**
 * The key that signs reports.
 */
export type SigningKey = {
/**
 * Name of its file, escaped.
 */
name: string,
/**
 * A passphrase protects it.
 */
needsPassphrase: boolean,
/**
 * Others than its owner may read the file.
 */
exposed: boolean, };
