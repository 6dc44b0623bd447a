// libzmq is Debian's and not instrumented: ThreadSanitizer sees its calls of malloc, memcpy and
// recv, but none of the synchronisation between them. What is called from there is left out;
// everything of our own, the log thread above all, is checked.

extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libzmq.so.5\n"
         // libzmq's call-backs, from its own thread, when it needs a buffer of ours no longer.
         "race:free_string\n"
         "race:return_reply\n"
         "race:return_counted_payload\n";
}
