#include "logs/options.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cove::logs {
namespace {

using Options = std::vector<std::string>;

LogOptions parsed(std::string_view driver, const Options& options) {
  const auto result = parse_log_options(driver, options);
  EXPECT_TRUE(result.ok()) << (result ? "" : result.error().message());
  return result ? *result : LogOptions{};
}

// What a refusal says, with its way out.
std::string refusal(std::string_view driver, const Options& options) {
  const auto result = parse_log_options(driver, options);
  if (result) return "accepted";
  EXPECT_EQ(result.error().code(), ErrorCode::invalid_argument);
  return result.error().message() + " | " + result.error().hint();
}

TEST(LogOptions, DefaultsAreDockersForLocal) {
  EXPECT_EQ(parsed("", {}), parsed("local", {}));
  const LogOptions local = parsed("local", {});
  EXPECT_EQ(local.driver, Driver::local);
  EXPECT_EQ(local.max_size, 20U << 20);
  EXPECT_EQ(local.max_files, 5U);
  EXPECT_TRUE(local.compress);
}

TEST(LogOptions, JsonFileIsCappedUnlessToldOtherwise) {
  const LogOptions json = parsed("json-file", {});
  EXPECT_EQ(json.max_size, 20U << 20);
  EXPECT_FALSE(json.compress);
  EXPECT_EQ(parsed("json-file", {"max-size=-1"}).max_size, kUnlimited);
  EXPECT_TRUE(parsed("json-file", {"compress=true"}).compress);
}

TEST(LogOptions, ReadsSizesCountsAndTruths) {
  EXPECT_EQ(parsed("local", {"max-size=10m"}).max_size, 10U << 20);
  EXPECT_EQ(parsed("local", {"max-size=10MB"}).max_size, 10U << 20);
  EXPECT_EQ(parsed("local", {"max-size=2048"}).max_size, 2048U);
  EXPECT_EQ(parsed("local", {"max-size=1g"}).max_size, 1U << 30);
  EXPECT_EQ(parsed("local", {"max-file=2", "max-file=3"}).max_files, 3U);
  EXPECT_FALSE(parsed("local", {"compress=0"}).compress);
  EXPECT_FALSE(parsed("local", {"max-file=1"}).compress);
}

TEST(LogOptions, RefusalsNameTheOptionAndTheWayOut) {
  EXPECT_EQ(refusal("syslog", {}),
            "unknown log driver 'syslog' | the log drivers are local, json-file, journald and none");
  EXPECT_EQ(
      refusal("local", {"labels=a"}),
      "unknown log option 'labels' of the log driver local | the options of local are compress, max-file, "
      "max-size");
  EXPECT_EQ(refusal("none", {"max-size=1m"}),
            "unknown log option 'max-size' of the log driver none | the log driver none has no options");
  EXPECT_EQ(refusal("local", {"max-size"}),
            "log option 'max-size' has no value | give KEY=VALUE, as --log-opt max-size=20m");
  EXPECT_EQ(refusal("local", {"max-size=-1"}),
            "log option max-size: '-1' is not a size | give a whole number with k, m or g behind it, as 20m");
  EXPECT_EQ(refusal("local", {"max-size=10"}),
            "log option max-size: 10 bytes are too few for a file | give 1k or more, as 20m");
  EXPECT_EQ(refusal("json-file", {"max-file=0"}),
            "log option max-file: '0' is not a number of files | give a whole number from 1 to 1000");
  EXPECT_EQ(refusal("local", {"compress=maybe"}),
            "log option compress: 'maybe' is neither true nor false | give compress=true or compress=false");
  EXPECT_EQ(refusal("json-file", {"max-file=1", "compress=true"}),
            "log option compress: nothing to compress when max-file is 1 or max-size is -1 | leave compress "
            "out, or "
            "give max-file=2 or more and a max-size");
}

TEST(LogOptions, SizesBeyondTheRangeAreRefused) {
  for (const char* size : {"max-size=9223372036854775808", "max-size=8388608t", "max-size=", "max-size=m",
                           "max-size=1x", "max-size=1mm", "max-size=1.5g", "max-size= 1m"})
    EXPECT_NE(refusal("json-file", {size}), "accepted") << size;
}

TEST(LogTag, FieldsAreReplaced) {
  const LogIdentity identity{.id = "0123456789abcdef0123", .name = "web"};
  const auto tag = expand_tag("{{.Name}}/{{ .ID }}/{{.FullID}}", identity);
  ASSERT_TRUE(tag.ok());
  EXPECT_EQ(*tag, "web/0123456789ab/0123456789abcdef0123");
  EXPECT_EQ(parsed("journald", {"tag={{.Name}}"}).tag, "{{.Name}}");
  EXPECT_EQ(refusal("journald", {"tag={{.Image}}"}),
            "log option tag: unknown field {{.Image}} | the fields are {{.ID}}, {{.FullID}} and {{.Name}}");
  EXPECT_EQ(refusal("journald", {"tag=a\nb"}),
            "log option tag: 'a\\x0ab' has a control character | give printable text");
}

}  // namespace
}  // namespace cove::logs
