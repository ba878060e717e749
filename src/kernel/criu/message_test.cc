#include "kernel/criu/message.h"

#include <gtest/gtest.h>

#include <map>

#include "kernel/criu/protobuf.h"

namespace cove::criu {
namespace {

using namespace std::string_view_literals;

// The fields of a message: numbers as text, in their order.
std::multimap<unsigned, std::string> fields_of(std::string_view bytes) {
  std::multimap<unsigned, std::string> fields;
  while (true) {
    const auto field = next_field(bytes);
    if (!field.ok() || !field->has_value()) {
      EXPECT_TRUE(field.ok());
      return fields;
    }
    const Field& found = **field;
    fields.emplace(found.number,
                   found.text.data() != nullptr ? std::string(found.text) : std::to_string(found.value));
  }
}

std::string only(const std::multimap<unsigned, std::string>& fields, unsigned number) {
  return fields.count(number) == 1 ? fields.find(number)->second
                                   : "(" + std::to_string(fields.count(number)) + ")";
}

TEST(Protobuf, NumbersAreAsTheFormatHasThem) {
  MessageWriter out;
  out.number(1, 150);
  out.text(2, "testing");
  out.flag(3, false);
  out.optional_text(4, "");
  out.number(16, UINT64_MAX);
  EXPECT_EQ(out.bytes(), "\x08\x96\x01\x12\x07testing\x80\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv);
  const auto fields = fields_of(out.bytes());
  EXPECT_EQ(only(fields, 1), "150");
  EXPECT_EQ(only(fields, 2), "testing");
  EXPECT_EQ(only(fields, 16), "18446744073709551615");
}

TEST(Protobuf, FixedNumbersArePassedOver) {
  EXPECT_EQ(fields_of("\x09"
                      "12345678"
                      "\x15"
                      "1234"
                      "\x18\x05"sv)
                .size(),
            3U);
}

TEST(Protobuf, RefusesWhatIsCutShortOrUnknown) {
  for (std::string_view bytes :
       {"\x08"sv, "\x08\x80"sv,
        "\x12\x05"
        "four"sv,
        "\x09"
        "1234567"sv,
        "\x15"
        "123"sv,
        "\x0b"sv, "\x00\x00"sv, "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv}) {
    const auto field = next_field(bytes);
    ASSERT_FALSE(field.ok());
    EXPECT_EQ(field.error().code(), ErrorCode::protocol);
  }
}

TEST(CriuMessage, ARequestHasItsOptions) {
  Request request;
  request.kind = RequestKind::restore;
  request.images_fd = 5;
  request.work_fd = 6;
  request.log_file = "restore.log";
  request.root = "/r";
  request.cgroup_roots = {{"cpu", "/c"}, {"", "/d"}};
  request.inherited = {{"pipe:[1]", 0}};
  request.external = {"mnt[/a]:/b"};
  request.joined = {{"ipc", "/n"}};
  request.page_server = PageServer{"::1", 9000};
  request.sibling = true;
  const auto fields = fields_of(print_request(request));
  EXPECT_EQ(only(fields, 1), "2");
  const auto options = fields_of(only(fields, 2));
  EXPECT_EQ(only(options, 1), "5");
  EXPECT_EQ(only(options, 17), "6");
  EXPECT_EQ(only(options, 10), "restore.log");
  EXPECT_EQ(only(options, 11), "\x0a\x03::1\x10\xa8\x46"sv);
  EXPECT_EQ(only(options, 13), "/r");
  EXPECT_EQ(options.count(25), 2U);
  EXPECT_EQ(options.find(25)->second,
            "\x0a\x03"
            "cpu\x12\x02/c"sv);
  EXPECT_EQ(std::next(options.find(25))->second, "\x12\x02/d"sv);
  EXPECT_EQ(only(options, 26), "1");
  EXPECT_EQ(only(options, 27), "\x0a\x08pipe:[1]\x10\x00"sv);
  EXPECT_EQ(only(options, 34), "3");
  EXPECT_EQ(only(options, 37), "mnt[/a]:/b");
  EXPECT_EQ(only(options, 39), "\x0a\x03ipc\x12\x02/n"sv);
  EXPECT_EQ(options.count(3), 0U);
  EXPECT_EQ(options.count(53), 0U);
}

TEST(CriuMessage, ReadsAnswersAndNotifications) {
  const auto restored = parse_response("\x08\x02\x10\x01\x22\x02\x08\x2a"sv);
  ASSERT_TRUE(restored.ok()) << restored.error().message();
  EXPECT_EQ(restored->kind, RequestKind::restore);
  EXPECT_TRUE(restored->success);
  EXPECT_EQ(restored->pid, 42);
  const auto told = parse_response("\x08\x06\x10\x01\x2a\x10\x0a\x0cpost-restore\x10\x07"sv);
  ASSERT_TRUE(told.ok()) << told.error().message();
  EXPECT_EQ(told->kind, RequestKind::notify);
  EXPECT_EQ(told->script, "post-restore");
  EXPECT_EQ(told->script_pid, 7);
  const auto failed = parse_response(print_failure(RequestKind::dump, "no way"));
  ASSERT_TRUE(failed.ok()) << failed.error().message();
  EXPECT_FALSE(failed->success);
  EXPECT_EQ(failed->message, "no way");
  EXPECT_EQ(print_notified(true), "\x08\x06\x18\x01"sv);
}

TEST(CriuMessage, RefusesWhatIsNoAnswer) {
  for (const std::string_view bytes :
       {""sv, "\x10\x01"sv, "\x08\x02\x22\x02\x08"sv, "\x08\x06\x2a\x02\x0a\x05"sv})
    EXPECT_FALSE(parse_response(bytes).ok());
}

}  // namespace
}  // namespace cove::criu
