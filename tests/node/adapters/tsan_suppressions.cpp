// Debian's libzmq is not instrumented: ThreadSanitizer sees its calls of malloc, memcpy and recv,
// but not the synchronisation between them. Functions that libzmq calls are suppressed; all of our
// own code, above all the log thread, is checked.

extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libzmq.so.5\n"
         // Callbacks from libzmq's own thread, when it no longer needs a buffer of ours.
         "race:free_string\n"
         "race:return_reply\n"
         "race:return_counted_payload\n";
}
