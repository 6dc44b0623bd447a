// Standard input, output and error, made safe for a program whose verdict must not be lost.
//
// A standard stream that is closed would give its number to the next file that is opened, such as
// the history, and what is printed would land there: it becomes /dev/null. What cannot be written
// (a full disk, a reader that has gone) must neither end a run nor throw in the middle of it: it is
// remembered, and the program says so at its end.
#pragma once

namespace capsize::harness {

/// Once, before anything else is opened, printed or started. Ignores SIGXFSZ: a file that grows too
/// large is an error of the write.
void make_standard_streams_safe();

/// For what must come to its end though the reader of its output has gone: SIGPIPE is ignored. All
/// else ends at once, as any filter does (`capsize generate | head`).
void survive_closed_readers();

/// The error that writing to standard output met first in this process, or 0; and one that another
/// process met which prints for this one.
[[nodiscard]] int output_error();
void note_output_error(int error);

/// What the program exits with when it would exit with `code`. Where standard output could not be
/// written, a program that was content (0) says so on standard error and ends with `failure`; any
/// other code says enough by itself. A reader that closed its end (`| head`) wanted no more, and
/// changes nothing.
[[nodiscard]] int code_after_output(int code, int failure);

}  // namespace capsize::harness
