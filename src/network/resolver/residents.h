// Who is on which network by which names, and what somebody there may know of it: names of the networks that
// he is on himself, and no others. Plain data, and questions to it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"
#include "network/address.h"
#include "network/dns/message.h"
#include "network/egress.h"
#include "network/resolver/upstream.h"

namespace cove::network {

struct NamedNetwork {
  std::string id;
  std::string name;  // in small letters
  std::vector<Subnet> subnets;
  bool internal = false;
  bool served = true;  // for all who are there, and not only for those who may reach names on a list
};

// Where a resident is.
struct Place {
  const NamedNetwork* network = nullptr;
  IpAddress ipv4, ipv6;
  std::vector<std::string> aliases;  // in small letters
};

struct Resident {
  std::string owner;
  std::vector<std::string> names;  // on all of its networks, in small letters; the first is what it is called
  std::vector<Place> places;       // the first is the one that leads out
  bool leads_out = false;          // some network of its, not necessarily one of these, does
  ServerList servers;              // its own; null: the machine's
  Egress egress;                   // what names it may ask for
  std::vector<std::string> refused;  // names that it was not told of: so many, so that they are noted once
  uint64_t opening_since_ns = 0;     // how many addresses were opened for it since then
  size_t opened = 0;
  pid_t pid = 0;
  uint64_t start_time = 0;
  uint64_t number = 0;  // for the event loop
  UniqueFd process;     // readable when it has ended
};

// What is known of a name.
struct Finding {
  enum class Kind : uint8_t {
    here,     // it is somebody's, though maybe not with what was asked for
    nobody,   // and nobody outside could know it
    outside,  // others may know it
  };
  Kind kind = Kind::outside;
  std::vector<IpAddress> addresses;
  std::string pointer;  // to an address: the name of who has it
};

class Residents {
 public:
  // Takes the place of the one of the same owner.
  void set(Resident resident);
  void erase(std::string_view owner);
  [[nodiscard]] Resident* find(std::string_view owner) noexcept;
  [[nodiscard]] Resident* numbered(uint64_t number) noexcept;
  [[nodiscard]] bool empty() const noexcept { return residents_.empty(); }
  [[nodiscard]] bool any_listed() const noexcept;  // may reach names alone that are on a list
  [[nodiscard]] std::vector<std::string> owners() const;
  [[nodiscard]] bool anybody_on(const NamedNetwork& network) const noexcept;

  // Who has the address there; null: nobody of those that are known.
  [[nodiscard]] Resident* at(const NamedNetwork& network, const IpAddress& address) const noexcept;

  // What `asker`, or if he is null whoever else is on `network`, gets to know.
  [[nodiscard]] Finding look_up(const Resident* asker, const NamedNetwork& network,
                                const dns::Query& query) const;

 private:
  std::vector<std::unique_ptr<Resident>> residents_;
};

std::string in_small_letters(std::string_view text);

}  // namespace cove::network
