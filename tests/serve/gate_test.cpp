// Who may ask: host, method, token, cookie.
#include "serve/gate/gate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "serve/gate/headers.h"

namespace capsize::serve {
namespace {

const Gate kGate(8080, "token-of-this-server", "cookie-of-this-server");

Request request(const std::string& target = "/") {
  return {.method = "GET",
          .target = target,
          .host = "127.0.0.1:8080",
          .cookies = "capsize-8080=cookie-of-this-server"};
}

unsigned status_of(const Request& request) {
  const auto answer = kGate.answer(request);
  return answer ? answer->status : 200;
}

std::string header(const Response& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST(Gate, RequestWithTheCookie_GoesOn) {
  EXPECT_EQ(status_of(request()), 200U);
  Request other = request("/api/runs?text=x");
  other.host = "localhost:8080";
  other.cookies = "a=b; capsize-8080=cookie-of-this-server; c=d";
  EXPECT_EQ(status_of(other), 200U);
}

TEST(Gate, RequestWithoutTheCookie_IsUnauthorized) {
  for (const char* cookies :
       {"", "capsize-8080=", "capsize-8080=cookie-of-this-serve",
        "capsize-8081=cookie-of-this-server", "capsize-8080=cookie-of-this-serverX",
        "xcapsize-8080=cookie-of-this-server", "capsize-8080=token-of-this-server", ";;;=;"}) {
    Request without = request();
    without.cookies = cookies;
    EXPECT_EQ(status_of(without), 401U) << cookies;
  }
}

TEST(Gate, OtherHost_IsRefusedEvenWithTheCookie) {
  for (const char* host : {"", "evil.example:8080", "127.0.0.1", "127.0.0.1:8081", "localhost",
                           "127.0.0.1:8080.evil.example", "127.0.0.1:8080@evil.example",
                           "127.0.0.2:8080", "[::1]:8080", "LOCALHOST:8080", "localhost:8080 "}) {
    Request other = request("/?token=token-of-this-server");
    other.host = host;
    EXPECT_EQ(status_of(other), 421U) << host;
  }
}

TEST(Gate, OtherMethods_AreRefused) {
  for (const char* method :
       {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "", "GETX"}) {
    Request other = request();
    other.method = method;
    EXPECT_EQ(status_of(other), 405U) << method;
  }
  Request head = request();
  head.method = "HEAD";
  EXPECT_EQ(status_of(head), 200U);
}

TEST(Gate, Token_IsExchangedForTheCookieAndLeavesTheAddress) {
  Request first = request("/?token=token-of-this-server");
  first.cookies.clear();
  const auto answer = kGate.answer(first);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 303U);
  EXPECT_EQ(header(*answer, "Location"), "/");
  EXPECT_EQ(header(*answer, "Set-Cookie"),
            "capsize-8080=cookie-of-this-server; Path=/; HttpOnly; SameSite=Strict");
}

TEST(Gate, WrongToken_IsUnauthorized) {
  for (const char* target : {"/?token=x", "/?token=token-of-this-serve", "/?token=",
                             "/api/runs?token=token-of-this-server", "/?Token=token-of-this-server",
                             "/?token=cookie-of-this-server", "/?token=%00"}) {
    Request wrong = request(target);
    wrong.cookies.clear();
    EXPECT_EQ(status_of(wrong), 401U) << target;
  }
}

TEST(Gate, RequestOfAnotherOriginsPage_IsRefused) {
  for (const char* site : {"cross-site", "same-site", "anything"}) {
    Request other = request();
    other.fetch_site = site;
    EXPECT_EQ(status_of(other), 403U) << site;
  }
  for (const char* site : {"same-origin", "none", ""}) {
    Request own = request();
    own.fetch_site = site;
    EXPECT_EQ(status_of(own), 200U) << site;
  }
}

TEST(Gate, EveryAnswer_HasThePolicies) {
  Request without = request();
  without.cookies.clear();
  const auto answer = kGate.answer(without);
  ASSERT_TRUE(answer);
  EXPECT_NE(header(*answer, "Content-Security-Policy").find("default-src 'none'"),
            std::string::npos);
  EXPECT_EQ(header(*answer, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(header(*answer, "Referrer-Policy"), "no-referrer");
  EXPECT_EQ(answer->body.find("token-of"), std::string::npos);
}

TEST(Gate, Comparison_IsAboutAllCharacters) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("xbc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
}

}  // namespace
}  // namespace capsize::serve
