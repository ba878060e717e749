#include "network/dns/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cove::dns {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text.push_back(static_cast<char>(value));
  return text;
}

std::string header(int flags, int questions, int additional = 0) {
  return bytes({0x12, 0x34, flags >> 8, flags & 0xff, 0, questions, 0, 0, 0, 0, 0, additional});
}

const std::string kDb = bytes({2, 'D', 'b', 4, 'b', 'a', 'c', 'k', 0});
const std::string kA = bytes({0, 1, 0, 1});
std::string opt(int size, int version, int flags) {
  return bytes({0, 0, 41, size >> 8, size & 0xff, 0, version, flags, 0, 0, 0});
}

TEST(Queries, ANameIsReadInSmallLetters) {
  const auto query = parse_query(header(0x0100, 1) + kDb + kA);
  ASSERT_TRUE(query);
  EXPECT_EQ(query->id, 0x1234);
  EXPECT_EQ(query->name, "db.back");
  EXPECT_TRUE(query->plain);
  EXPECT_EQ(query->type, Type::a);
  EXPECT_EQ(query->klass, kInternet);
  EXPECT_EQ(query->question_end, kHeaderSize + kDb.size() + kA.size());
  EXPECT_FALSE(query->edns);
  EXPECT_EQ(query->udp_size, kPlainSize);
  EXPECT_EQ(query->problem, Rcode::none);
}

TEST(Queries, TheRootHasAName) {
  const auto query = parse_query(header(0, 1) + bytes({0, 0, 2, 0, 1}));
  ASSERT_TRUE(query);
  EXPECT_EQ(query->name, "");
  EXPECT_EQ(query->problem, Rcode::none);
}

TEST(Queries, ALabelWithADotIsNoHostsName) {
  EXPECT_FALSE(parse_query(header(0, 1) + bytes({3, 'a', '.', 'b', 0}) + kA)->plain);
  EXPECT_FALSE(parse_query(header(0, 1) + bytes({2, 'a', 0, 0}) + kA)->plain);
}

TEST(Queries, EdnsIsAskedFor) {
  auto query = parse_query(header(0, 1, 1) + kDb + kA + opt(4096, 0, 0x80));
  ASSERT_TRUE(query);
  EXPECT_TRUE(query->edns);
  EXPECT_TRUE(query->dnssec);
  EXPECT_EQ(query->udp_size, 4096U);
  EXPECT_EQ(parse_query(header(0, 1, 1) + kDb + kA + opt(100, 0, 0))->udp_size, kPlainSize);
  EXPECT_EQ(parse_query(header(0, 1, 1) + kDb + kA + opt(4096, 1, 0))->problem, Rcode::bad_version);
  EXPECT_EQ(parse_query(header(0, 1, 2) + kDb + kA + opt(4096, 0, 0) + opt(4096, 0, 0))->problem,
            Rcode::format_error);
}

TEST(Queries, WhatIsNoneGetsNoAnswer) {
  EXPECT_FALSE(parse_query(""));
  EXPECT_FALSE(parse_query(header(0, 1).substr(1)));
  EXPECT_FALSE(parse_query(header(0x8000, 1) + kDb + kA))
      << "an answer: two who answered each would never end";
}

TEST(Queries, WhatIsWrongIsRefused) {
  const auto problem = [](const std::string& message) { return parse_query(message)->problem; };
  EXPECT_EQ(problem(header(0x2800, 1) + kDb + kA), Rcode::not_implemented);
  EXPECT_EQ(problem(header(0, 0)), Rcode::format_error);
  EXPECT_EQ(problem(header(0, 2) + kDb + kA + kDb + kA), Rcode::format_error);
  EXPECT_EQ(problem(header(0, 1) + kDb + bytes({0, 1, 0})), Rcode::format_error);
  EXPECT_EQ(problem(header(0, 1) + kDb.substr(0, 5)), Rcode::format_error);
  EXPECT_EQ(problem(header(0, 1) + bytes({0xc0, 12}) + kA), Rcode::format_error) << "a pointer to itself";
  EXPECT_EQ(problem(header(0, 1) + bytes({0x41, 1}) + kA), Rcode::format_error);
  EXPECT_EQ(problem(header(0, 1, 1) + kDb + kA), Rcode::format_error) << "a record that is not there";
  EXPECT_EQ(problem(header(0, 1) + kDb + bytes({0, 252, 0, 1})), Rcode::refused) << "a whole zone";
  std::string name;
  for (int i = 0; i < 128; ++i) name += bytes({1, 'a'});
  EXPECT_EQ(problem(header(0, 1) + name + bytes({0}) + kA), Rcode::format_error) << "longer than 255 bytes";
  EXPECT_EQ(problem(header(0, 1) + name.substr(2) + bytes({0}) + kA), Rcode::none);
}

TEST(Answers, RepeatTheQuestion) {
  const std::string message = header(0x0110, 1) + kDb + kA;
  const auto query = parse_query(message);
  Answer answer(*query, message, kPlainSize);
  answer.add_address(bytes({10, 0, 0, 2}), 5);
  EXPECT_EQ(std::move(answer).finish(Rcode::none, true),
            bytes({0x12, 0x34, 0x85, 0x90, 0, 1, 0, 1, 0, 0, 0, 0}) + kDb + kA +
                bytes({0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 10, 0, 0, 2}));
}

TEST(Answers, WhatDoesNotFitIsCutAtARecord) {
  const std::string message = header(0, 1, 1) + kDb + kA + opt(512, 0, 0);
  const auto query = parse_query(message);
  Answer answer(*query, message, kPlainSize);
  for (int i = 0; i < 60; ++i) answer.add_address(bytes({10, 0, 0, i}), 5);
  const std::string text = std::move(answer).finish(Rcode::none, true);
  EXPECT_LE(text.size(), kPlainSize);
  EXPECT_GT(text.size(), kPlainSize - 16);
  EXPECT_EQ(text[2] & 2, 2);
  EXPECT_EQ(text[7], 29);
  EXPECT_EQ(text[11], 1) << "EDNS is answered";
}

TEST(Answers, ARefusalSaysWhy) {
  const std::string message = header(0x0100, 1, 1) + kDb + kA + opt(1232, 7, 0);
  const auto query = parse_query(message);
  EXPECT_EQ(refuse(*query, message, query->problem), bytes({0x12, 0x34, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 1}) +
                                                         kDb + kA + opt(1232, 0, 0).replace(5, 1, "\1"));
  const std::string bad = header(0, 1) + bytes({0x41});
  EXPECT_EQ(refuse(*parse_query(bad), bad, Rcode::format_error),
            bytes({0x12, 0x34, 0x80, 0x81, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Answers, PointersAreNames) {
  const std::string message = header(0, 1) + kDb + bytes({0, 12, 0, 1});
  const auto query = parse_query(message);
  Answer answer(*query, message, kPlainSize);
  answer.add_pointer(std::string(64, 'a') + ".back", 5);
  answer.add_pointer("", 5);
  answer.add_pointer("db.back", 5);
  EXPECT_THAT(
      std::move(answer).finish(Rcode::none, true),
      ::testing::EndsWith(bytes({0, 12, 0, 1, 0, 0, 0, 5, 0, 9, 2, 'd', 'b', 4, 'b', 'a', 'c', 'k', 0})));
}

TEST(Replies, AnswerTheQuestionThatWasAsked) {
  const std::string query = header(0x0100, 1) + kDb + kA;
  const size_t end = query.size();
  std::string reply = header(0x8183, 1) + bytes({2, 'd', 'B', 4, 'b', 'a', 'c', 'k', 0}) + kA;
  auto read = parse_reply(reply, 0x1234, query, end);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->code, Rcode::no_such_name);
  EXPECT_FALSE(read->truncated);
  EXPECT_TRUE(parse_reply(header(0x8380, 1) + kDb + kA, 0x1234, query, end)->truncated);
  EXPECT_FALSE(parse_reply(reply, 0x1235, query, end)) << "another number";
  EXPECT_FALSE(parse_reply(query, 0x1234, query, end)) << "no answer";
  EXPECT_FALSE(
      parse_reply(header(0x8180, 1) + bytes({2, 'd', 'c'}) + kDb.substr(3) + kA, 0x1234, query, end));
  EXPECT_FALSE(parse_reply(header(0x8180, 1) + kDb + bytes({0, 28, 0, 1}), 0x1234, query, end));
  EXPECT_FALSE(parse_reply(header(0x8180, 0) + kDb + kA, 0x1234, query, end));
  EXPECT_FALSE(parse_reply(reply.substr(0, end - 1), 0x1234, query, end));
  reply += std::string(100, 'x');
  cut(reply, end);
  EXPECT_EQ(reply.size(), end);
  EXPECT_TRUE(parse_reply(reply, 0x1234, query, end)->truncated);
  set_id(reply, 0xabcd);
  EXPECT_TRUE(parse_reply(reply, 0xabcd, query, end));
}

TEST(Reverse, NamesStandForAddresses) {
  EXPECT_EQ(reverse_address("2.0.128.10.in-addr.arpa"), bytes({10, 128, 0, 2}));
  EXPECT_EQ(reverse_address("2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa"),
            bytes({0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}));
  for (const char* name : {"0.128.10.in-addr.arpa", "256.0.128.10.in-addr.arpa", "1.2.0.128.10.in-addr.arpa",
                           "a.0.128.10.in-addr.arpa", "in-addr.arpa", ".in-addr.arpa", "d.f.ip6.arpa",
                           "02.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa", "db"})
    EXPECT_FALSE(reverse_address(name)) << name;
}

// A header of so many answers, the question db.back, and a pointer to its name.
std::string answer_header(int answers) {
  return bytes({0x12, 0x34, 0x81, 0x80, 0, 1, 0, answers, 0, 0, 0, 0}) + kDb + kA;
}
const std::string kSame = bytes({0xc0, 12});

TEST(Addresses, OfAnAnswerAreFoundBehindOtherNames) {
  const std::string alias = kSame + bytes({0, 5, 0, 1, 0, 0, 0, 30, 0, 2, 0xc0, 12});
  const std::string four = kSame + bytes({0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 1, 2, 3});
  const std::string six = kSame + bytes({0, 28, 0, 1, 0, 1, 0, 0, 0, 16}) + std::string(16, 'x');
  const FoundAddresses found = parse_addresses(answer_header(3) + alias + four + six);
  EXPECT_EQ(found.name, "db.back");
  EXPECT_EQ(found.seconds, 30U);
  EXPECT_THAT(found.addresses, ::testing::ElementsAre(bytes({10, 1, 2, 3}), std::string(16, 'x')));
}

TEST(Addresses, OfWrongSizeOrClassOrCutShortAreNone) {
  const std::string good = kSame + bytes({0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 1, 2, 3});
  const std::string long_one = kSame + bytes({0, 1, 0, 1, 0, 0, 0, 60, 0, 5, 10, 1, 2, 3, 4});
  const std::string chaos = kSame + bytes({0, 1, 0, 3, 0, 0, 0, 60, 0, 4, 10, 1, 2, 3});
  EXPECT_EQ(parse_addresses(answer_header(2) + long_one + chaos).addresses.size(), 0U);
  EXPECT_EQ(parse_addresses(answer_header(2) + good + good.substr(0, 15)).addresses.size(), 1U);
  EXPECT_EQ(parse_addresses(answer_header(0) + good).addresses.size(), 0U);
  EXPECT_EQ(parse_addresses("").addresses.size(), 0U);
}

}  // namespace
}  // namespace cove::dns
