#include "kernel/dbus/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"

namespace cove::dbus {
namespace {

using testing::HasSubstr;

std::string from_hex(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(parse_number<uint8_t>(text.substr(i, 2), 16).value());
  }
  return bytes;
}

// What sd-bus of systemd 252 sends for
// busctl call … StartTransientUnit "ssa(sv)a(sa(sv))" x.scope replace 3 Slice s a.slice PIDs au 1 77
// CPUWeight t 39 0
constexpr std::string_view kStart =
    "6c0104018000000002000000b600000001016f00190000002f6f72672f667265656465736b746f702f73797374656d64"
    "3100000000000000030173001200000053746172745472616e7369656e74556e69740000000000000201730020000000"
    "6f72672e667265656465736b746f702e73797374656d64312e4d616e6167657200000000000000000601730018000000"
    "6f72672e667265656465736b746f702e73797374656d6431000000000000000008016700107373612873762961287361"
    "287376292900000007000000782e73636f706500070000007265706c61636500580000000000000005000000536c6963"
    "650001730000000007000000612e736c696365000000000004000000504944730002617500000000040000004d000000"
    "09000000435055576569676874000174000000000000000027000000000000000000000000000000";

std::vector<Value> start_arguments() {
  Array pids{"u", {{uint32_t{77}}}};
  Array properties{"(sv)",
                   {property("Slice", {std::string("a.slice")}), property("PIDs", {pids}),
                    property("CPUWeight", {uint64_t{39}})}};
  return {{std::string("x.scope")}, {std::string("replace")}, {properties}, {Array{"(sa(sv))", {}}}};
}

Message start_call() {
  Message message;
  message.serial = 2;
  message.path = "/org/freedesktop/systemd1";
  message.interface = "org.freedesktop.systemd1.Manager";
  message.member = "StartTransientUnit";
  message.destination = "org.freedesktop.systemd1";
  return message;
}

TEST(DbusMessage, IsWrittenAsSystemdWritesIt) {
  std::string expected = from_hex(kStart);
  expected[2] = 0;  // busctl allows interactive authorization
  EXPECT_EQ(marshal(start_call(), start_arguments()).value(), expected);
}

TEST(DbusMessage, IsReadAsItWasWritten) {
  const std::string bytes = from_hex(kStart);
  EXPECT_EQ(message_length(std::string_view(bytes).substr(0, kFixedHeader)).value(), bytes.size());
  const auto message = parse_message(bytes);
  ASSERT_TRUE(message.ok()) << message.error().message();
  EXPECT_EQ(message->type, MessageType::method_call);
  EXPECT_EQ(message->serial, 2U);
  EXPECT_EQ(message->path, "/org/freedesktop/systemd1");
  EXPECT_EQ(message->interface, "org.freedesktop.systemd1.Manager");
  EXPECT_EQ(message->member, "StartTransientUnit");
  EXPECT_EQ(message->destination, "org.freedesktop.systemd1");
  EXPECT_EQ(message->signature, "ssa(sv)a(sa(sv))");
  const auto body = read_body(*message);
  ASSERT_TRUE(body.ok()) << body.error().message();
  EXPECT_EQ(*body, start_arguments());
}

TEST(DbusMessage, EveryTypeComesBack) {
  Array dictionary{"{sv}", {}};
  dictionary.items.push_back({Struct{{{std::string("k")}, variant({int16_t{-2}})}, true}});
  const std::vector<Value> values = {{uint8_t{200}},
                                     {true},
                                     {int16_t{-5}},
                                     {uint16_t{60000}},
                                     {int32_t{-70000}},
                                     {uint32_t{4000000000}},
                                     {int64_t{-1}},
                                     {UINT64_MAX},
                                     {0.5},
                                     {std::string("text")},
                                     {ObjectPath{"/a/b"}},
                                     {Signature{"a{sv}"}},
                                     {Array{"as", {string_array({"x", ""}), string_array({})}}},
                                     {Struct{{{uint8_t{1}}, {uint64_t{2}}}}},
                                     {dictionary},
                                     variant(variant({uint8_t{9}})),
                                     {Array{"t", {}}}};
  Message message = start_call();
  const auto parsed = parse_message(marshal(message, values).value());
  ASSERT_TRUE(parsed.ok()) << parsed.error().message();
  EXPECT_EQ(parsed->signature, "ybnqiuxtdsogaas(yt)a{sv}vat");
  const auto body = read_body(*parsed);
  ASSERT_TRUE(body.ok()) << body.error().message();
  EXPECT_EQ(*body, values);
}

TEST(DbusMessage, BigEndianIsReadToo) {
  // A reply to serial 258 with the body "u" 772.
  const std::string bytes = from_hex(
      "4202010100000004000000010000000f"
      "05017500000001020801670001750000"
      "00000304");
  const Message message = parse_message(bytes).value();
  EXPECT_EQ(message.type, MessageType::method_return);
  EXPECT_EQ(message.reply_serial, 258U);
  EXPECT_EQ(read_body(message).value(), std::vector<Value>{{uint32_t{772}}});
}

TEST(DbusMessage, RefusesWhatCanNotBeSent) {
  const auto refused = [](Value value) { return !marshal(start_call(), {std::move(value)}).ok(); };
  EXPECT_TRUE(refused({std::string("a\0b", 3)}));
  EXPECT_TRUE(refused({ObjectPath{"x"}}));
  EXPECT_TRUE(refused({Array{"s", {{uint8_t{1}}}}}));
  EXPECT_TRUE(refused({Array{"ss", {}}}));
  EXPECT_TRUE(refused({Variant{}}));
}

TEST(DbusMessage, EveryBrokenMessageIsRefused) {
  const std::string good = from_hex(kStart);
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(parse_message(std::string_view(good).substr(0, length)).ok()) << length;
  }
  const auto changed = [&](size_t at, char byte) {
    std::string bytes = good;
    bytes[at] = byte;
    const auto message = parse_message(bytes);
    return message.ok() && read_body(*message).ok();
  };
  EXPECT_TRUE(changed(2, 0));
  EXPECT_FALSE(changed(0, 'x'));
  EXPECT_FALSE(changed(1, 0));
  EXPECT_FALSE(changed(3, 2));
  EXPECT_FALSE(changed(4, 0x7f));
  EXPECT_FALSE(changed(8, 0));
  EXPECT_FALSE(changed(12, 0x7f));
  EXPECT_FALSE(changed(17, 2)) << "a header field's signature";
  EXPECT_FALSE(changed(good.size() - 5, 1)) << "the last array's length";
}

TEST(DbusMessage, DoesNotGrowWithoutBounds) {
  Message message = start_call();
  message.signature = "ay";
  message.body = std::string("\xff\xff\x01\x00", 4) + std::string(0x1ffff, 'x');
  EXPECT_THAT(read_body(message).error().message(), HasSubstr("too many values"));
  // Variants within variants.
  message.signature = "v";
  message.body.clear();
  for (int i = 0; i < 100; ++i) message.body += std::string("\x01v\0", 3);
  EXPECT_THAT(read_body(message).error().message(), HasSubstr("too deeply"));
}

TEST(DbusValue, CompleteTypes) {
  for (const char* type : {"y", "as", "a{sv}", "(sa(sv))", "aaay", "v", "a{s(ii)}"}) {
    EXPECT_EQ(complete_type(type), std::string_view(type).size()) << type;
  }
  EXPECT_EQ(complete_type("su"), 1U);
  for (const char* bad : {"", "a", "()", "(s", "{sv}", "a{vs}", "a{s}", "a{sss}", "z", "h"}) {
    EXPECT_EQ(complete_type(bad), 0U) << bad;
  }
  EXPECT_EQ(complete_type(std::string(32, 'a') + "y"), 33U);
  EXPECT_EQ(complete_type(std::string(33, 'a') + "y"), 0U);
  EXPECT_EQ(complete_type(std::string(33, '(') + "y" + std::string(33, ')')), 0U);
}

}  // namespace
}  // namespace cove::dbus
