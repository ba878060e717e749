#include "registry/http.h"

#include <gtest/gtest.h>

#include <array>

#include "registry/authority.h"
#include "registry/session.h"

namespace cove::registry {
namespace {

TEST(Url, RedirectsAreResolved) {
  EXPECT_EQ(*resolve_url("https://a.test/v2/x?y=1", "/z"), "https://a.test/z");
  EXPECT_EQ(*resolve_url("https://a.test/v2/x", "y?z=1"), "https://a.test/v2/y?z=1");
  EXPECT_EQ(*resolve_url("http://a.test/v2/x", "https://b.test/y"), "https://b.test/y");
  EXPECT_EQ(*resolve_url("http://a.test:5000/v2/x", "http://b.test/y"), "http://b.test/y");
}

TEST(Url, RedirectsLeadNowhereElse) {
  for (const char* location :
       {"http://a.test/x", "file:///etc/passwd", "ftp://a.test/x", "gopher://a.test"}) {
    EXPECT_FALSE(resolve_url("https://a.test/v2/x", location).ok()) << location;
  }
}

TEST(Url, SameOriginIsSchemeHostAndPort) {
  EXPECT_TRUE(same_origin("https://a.test/x", "https://a.test:443/y?z"));
  EXPECT_TRUE(same_origin("http://a.test:80/x", "http://a.test"));
  for (const char* other : {"http://a.test/", "https://a.test:444/", "https://b.test/",
                            "https://a.test.evil.test/", "https://a.test@evil.test/", "nonsense://"}) {
    EXPECT_FALSE(same_origin("https://a.test/", other)) << other;
  }
}

TEST(Url, QueriesAreEscaped) {
  EXPECT_EQ(escape_query("repository:a/b:pull,push *+&"), "repository%3Aa%2Fb%3Apull%2Cpush%20%2A%2B%26");
}

TEST(HttpHeaders, AreFoundByLowerCaseName) {
  HttpHeaders headers;
  headers.add("Content-Type:  text/plain ");
  headers.add("LINK: <x>");
  headers.add("Link: <y>");
  headers.add("no colon");
  EXPECT_EQ(headers.find("content-type"), "text/plain");
  EXPECT_EQ(headers.all("link"), (std::vector<std::string_view>{"<x>", "<y>"}));
  EXPECT_EQ(headers.find("no colon"), std::nullopt);
}

TEST(TokenAnswer, EitherNameOfTheToken) {
  EXPECT_EQ(parse_token_answer(R"({"token": "a"})")->token, "a");
  EXPECT_EQ(parse_token_answer(R"({"access_token": "b", "expires_in": 300})")->token, "b");
  EXPECT_EQ(parse_token_answer(R"({"access_token": "b", "expires_in": 300})")->expires_in, 300U);
  EXPECT_EQ(parse_token_answer(R"({"token": "a", "expires_in": 1})")->expires_in, 60U);
}

TEST(TokenAnswer, RefusesWhatIsNoToken) {
  for (const char* text : {"", "[]", "{}", R"({"token": ""})", R"({"token": "a b"})",
                           R"({"token": "a\r\nX: y"})", R"({"token": 1})"}) {
    EXPECT_FALSE(parse_token_answer(text).ok()) << text;
  }
}

TEST(Complaint, IsQuoted) {
  EXPECT_EQ(registry_complaint(R"({"errors":[{"code":"DENIED","message":"no \u001b[31m","detail":{}}]})"),
            R"('DENIED: no \x1b[31m')");
  EXPECT_EQ(registry_complaint("<html>"), "");
  EXPECT_EQ(registry_complaint(R"({"errors":[]})"), "");
}

// Who never answers a first time is not asked again.
TEST(Session, NobodyThere) {
  int retries = 0;
  SessionOptions options;
  options.retrying = [&retries](const std::string&, uint64_t) { ++retries; };
  const Endpoint endpoint{.host = "127.0.0.1:1", .repository = "x"};
  Session session(endpoint, {}, std::make_shared<Authority>(endpoint.host, nullptr), options);
  HttpRequest request;
  request.url = "/v2/";
  const auto response = session.send(request, "");
  ASSERT_FALSE(response.ok());
  EXPECT_NE(response.error().message().find("127.0.0.1:1: GET /v2/: "), std::string::npos)
      << response.error().message();
  EXPECT_EQ(retries, 0);
}

}  // namespace
}  // namespace cove::registry
