// Makes standard input, output and error safe for a program whose verdict must not be lost.
//
// If a standard stream is closed, the next file that is opened, such as the history, gets its
// number, and printed text would go into that file. So closed streams are opened on /dev/null. A
// failed write (full disk, closed reader) must neither end a run nor throw in the middle of it: the
// error is recorded, and the program reports it when it exits.
#pragma once

namespace capsize::harness {

/// Call once, before anything is opened, printed or started. Ignores SIGXFSZ, so that a file beyond
/// the size limit is an error of the write.
void make_standard_streams_safe();

/// Ignores SIGPIPE, for verbs that must finish even if the reader of their output is gone. Other
/// verbs end at once, as any filter does (`capsize generate | head`).
void survive_closed_readers();

/// The first error of writing to standard output, or 0; and a way to record one of a child process.
[[nodiscard]] int output_error();
void note_output_error(int error);

/// Returns the exit code for a program that would exit with `code`. If standard output could not be
/// written, reports that on standard error and returns `failure` instead of 0; any other code
/// stays. A reader that closed its end (`| head`) is no error.
[[nodiscard]] int code_after_output(int code, int failure);

}  // namespace capsize::harness
