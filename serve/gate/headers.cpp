#include "serve/gate/headers.h"

namespace capsize::serve {
namespace {

std::string_view sentence_of(unsigned status) {
  switch (status) {
    case 400:
      return "400: this is no request that capsize serve understands";
    case 401:
      return "401: open the address that `capsize serve` printed; it has the token";
    case 403:
      return "403: refused";
    case 404:
      return "404: there is nothing here";
    case 405:
      return "405: capsize serve only reads (GET and HEAD)";
    case 421:
      return "421: open 127.0.0.1 or localhost with the port that `capsize serve` printed";
    case 431:
      return "431: the head of the request is too long";
    default:
      return "500: capsize serve failed; its standard error says why";
  }
}

}  // namespace

Response response_with(std::string_view content_type, std::string_view policy) {
  Response response;
  response.headers = {{"Content-Type", std::string(content_type)},
                      {"Content-Security-Policy", std::string(policy)},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cross-Origin-Resource-Policy", "same-origin"},
                      {"Cross-Origin-Opener-Policy", "same-origin"},
                      {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
                      {"X-Frame-Options", "DENY"},
                      {"Cache-Control", "no-store"}};
  return response;
}

Response refusal(unsigned status) {
  Response response = response_with("text/plain; charset=utf-8", kFilePolicy);
  response.status = status;
  response.body = std::string(sentence_of(status)) + "\n";
  if (status == 405) response.headers.emplace_back("Allow", "GET, HEAD");
  return response;
}

}  // namespace capsize::serve
