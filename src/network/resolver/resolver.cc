#include "network/resolver/resolver.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "kernel/caps/apply.h"
#include "kernel/landlock/landlock.h"
#include "kernel/procfs/procfs.h"
#include "network/egress_table.h"
#include "network/names.h"
#include "network/resolver/forwarder.h"
#include "network/resolver/streams.h"
#include "network/resolver/zone.h"
#include "sys/file.h"
#include "sys/landlock.h"
#include "sys/notice.h"
#include "sys/poll.h"
#include "sys/process.h"
#include "sys/socket.h"

namespace cove::network {
namespace {

// Seconds. Long enough that one who starts does not ask for each connection, short enough that a container
// which comes back with another address is found.
constexpr uint32_t kTimeToLive = 5;
constexpr size_t kMostStarters = 16;
constexpr uint64_t kAgainNs = 100 * kMillisecondNs;
// For how long at least, and at most, an address that a name leads to may be reached: some programs keep it
// for longer than they are told.
constexpr uint32_t kLeastOpenSeconds = 300;
constexpr uint32_t kMostOpenSeconds = 86'400;
// So many for one resident in a minute: whoever answers for one of his names cannot fill the kernel up.
constexpr size_t kMostOpened = 1024;
constexpr uint64_t kOpeningNs = 60'000 * kMillisecondNs;
constexpr size_t kMostRefused = 64;
constexpr int kMostAtOnce = 64;  // datagrams of one zone, before it is the others' turn

class Resolver final : public Answering {
 public:
  Resolver(Roots roots, sys::Epoll epoll)
      : roots_(std::move(roots)),
        epoll_(std::move(epoll)),
        room_(std::make_unique_for_overwrite<std::byte[]>(dns::kMaxMessage)),  // NOLINT: a buffer
        forwarder_(epoll_, *this, {room_.get(), dns::kMaxMessage}),
        streams_(epoll_) {}

  // Listens for whoever starts it.
  Status prepare();
  // Whether somebody is there whose names lead to addresses that must be opened; it will be able to.
  bool must_open();
  // Until nobody is left.
  Status run();
  void answer(const Client& client, std::string message) override;

 private:
  Status handle(uint64_t key);
  Status read_changes();
  void reload_all();
  void reload(const std::string& owner);
  Resident make_resident(const Attachment& attachment);
  Zone* zone_of(const std::string& id, bool listed);
  void drop_zones();
  void accept_starter();
  void serve(uint64_t number);
  std::string serve_owner(const std::string& owner);
  std::string make_way();
  void ask_zone(uint64_t number);
  void ask(const Client& client, Zone& zone, std::string_view message);
  static void open_for(Resident& asker, std::string_view message);
  static void refuse_name(Resident& asker, const IpAddress& address, const std::string& name);
  Zone* find_zone(uint64_t number) noexcept;
  Result<bool> try_to_end();

  Roots roots_;
  sys::Epoll epoll_;
  std::unique_ptr<std::byte[]> room_;  // NOLINT(modernize-avoid-c-arrays): for one message
  Forwarder forwarder_;
  Streams streams_;
  ServerFile machine_servers_{"/etc/resolv.conf"};
  Residents residents_;
  std::vector<std::unique_ptr<Zone>> zones_;
  UniqueFd run_, lock_, listener_, changes_;
  std::vector<std::pair<uint64_t, UniqueFd>> starters_;
  bool opens_ = false;  // it may change what those may reach who have a list of names
  bool ended_ = false;
  uint64_t last_number_ = 0;
  uint64_t end_again_ns_ = sys::kNever;  // when it is to try to end once more
  std::array<unsigned, 2> turns_{};      // of those that share a name, of either version
};

Status Resolver::prepare() {
  run_ = COVE_TRY(sys::open_path(roots_.run.c_str(), O_RDONLY | O_DIRECTORY));
  const std::string lock = fmt::format("{}.lock", kResolverSocket);
  lock_ = COVE_TRY(sys::open_at(run_.get(), lock.c_str(), O_RDWR));
  changes_ = COVE_TRY(sys::open_inotify());
  COVE_TRY(sys::watch_entries(changes_.get(), (roots_.run + "/attached").c_str()));
  COVE_TRY(epoll_.add(changes_.get(), EPOLLIN, key_of(Part::changes, 0)));
  // One of a resolver before us: who started us holds the lock, and has reached nobody.
  static_cast<void>(sys::remove_file_at(run_.get(), kResolverSocket));
  listener_ = COVE_TRY(sys::listen_at(run_.get(), kResolverSocket));
  COVE_TRY(sys::set_nonblocking(listener_.get()));
  COVE_TRY(epoll_.add(listener_.get(), EPOLLIN, key_of(Part::control, 0)));
  reload_all();
  return {};
}

bool Resolver::must_open() {
  opens_ = residents_.any_listed();
  return opens_;
}

// --- who is there ---

Zone* Resolver::find_zone(uint64_t number) noexcept {
  for (const auto& zone : zones_) {
    if (zone->number() == number) return zone.get();
  }
  return nullptr;
}

// Null: there are no names on it.
Zone* Resolver::zone_of(const std::string& id, bool listed) {
  for (const auto& zone : zones_) {
    if (zone->network().id == id) return zone.get();
  }
  const Result<Network> network = open_network(roots_, id);
  if (!network || !(has_names(*network) || listed)) return nullptr;
  Zone* zone = zones_.emplace_back(std::make_unique<Zone>(*network, ++last_number_)).get();
  // If it cannot, whoever wants it is told: serve().
  static_cast<void>(zone->listen(epoll_));
  return zone;
}

void Resolver::drop_zones() {
  std::erase_if(zones_, [&](const auto& zone) { return !residents_.anybody_on(zone->network()); });
}

Resident Resolver::make_resident(const Attachment& attachment) {
  Resident resident;
  resident.owner = attachment.owner;
  for (const std::string& name : {attachment.name, attachment.owner, attachment.hostname}) {
    if (!name.empty()) resident.names.push_back(in_small_letters(name));
  }
  resident.servers = server_list(attachment.servers);
  resident.egress = attachment.egress;
  const bool listed = attachment.egress.has_names();
  resident.pid = attachment.pid;
  resident.start_time = attachment.start_time;
  for (const Endpoint& endpoint : attachment.endpoints) {
    resident.leads_out = resident.leads_out || endpoint.gateway4.given() || endpoint.gateway6.given();
    const bool has_address = endpoint.ipv4.given() || endpoint.ipv6.given();
    const bool may =
        endpoint.driver == Driver::bridge && (listed || endpoint.network_name != kDefaultNetwork);
    Zone* zone = has_address && may ? zone_of(endpoint.network, listed) : nullptr;
    if (zone == nullptr) continue;
    Place place{&zone->network(), endpoint.ipv4, endpoint.ipv6, {}};
    for (const std::string& alias : endpoint.aliases) place.aliases.push_back(in_small_letters(alias));
    resident.places.push_back(std::move(place));
  }
  return resident;
}

void Resolver::reload(const std::string& owner) {
  const auto attachment = read_attachment(roots_, owner);
  if (!attachment || !*attachment) return residents_.erase(owner);
  Resident resident = make_resident(**attachment);
  if (resident.places.empty()) return residents_.erase(owner);
  Resident* known = residents_.find(owner);
  if (known != nullptr && known->pid == resident.pid && known->start_time == resident.start_time) {
    resident.refused = std::move(known->refused);
    resident.opening_since_ns = known->opening_since_ns;
    resident.opened = known->opened;
    resident.process = std::move(known->process);
    resident.number = known->number;
  } else {
    // Opened before it is looked at, so that it is the one that is seen to end. Where /proc hides others'
    // processes (hidepid) only that is seen.
    Result<UniqueFd> process = sys::open_pidfd(resident.pid);
    const auto stat = procfs::read_stat(resident.pid);
    const bool another = stat && (stat->dead() || stat->start_time != resident.start_time);
    if (!process || another) return residents_.erase(owner);
    resident.number = ++last_number_;
    static_cast<void>(epoll_.add(process->get(), EPOLLIN, key_of(Part::process, resident.number)));
    resident.process = std::move(*process);
  }
  residents_.set(std::move(resident));
}

void Resolver::reload_all() {
  std::vector<std::string> owners = residents_.owners();
  if (auto attached = list_attached(roots_)) owners.insert(owners.end(), attached->begin(), attached->end());
  for (const std::string& owner : owners) reload(owner);
  drop_zones();
}

Status Resolver::read_changes() {
  const sys::EntryChanges changes = COVE_TRY(sys::read_entry_changes(changes_.get()));
  if (changes.all) {
    reload_all();
    return {};
  }
  for (const std::string& name : changes.names) {
    if (is_owner(name)) reload(name);
  }
  drop_zones();
  return {};
}

// --- who wants to be known ---

void Resolver::accept_starter() {
  Result<UniqueFd> socket = sys::accept_connection(listener_.get());
  if (!socket || starters_.size() == kMostStarters || !sys::set_nonblocking(socket->get())) return;
  const uint64_t number = ++last_number_;
  if (epoll_.add(socket->get(), EPOLLIN, key_of(Part::starter, number)))
    starters_.emplace_back(number, std::move(*socket));
}

std::string Resolver::serve_owner(const std::string& owner) {
  if (!is_owner(owner)) return "no owner";
  reload(owner);
  drop_zones();
  const Resident* resident = residents_.find(owner);
  if (resident == nullptr) return std::string(kServed);
  if (resident->egress.has_names() && !opens_) return make_way();
  for (const Place& place : resident->places) {
    for (const auto& zone : zones_) {
      if (&zone->network() != place.network) continue;
      if (std::string failure = zone->listen(epoll_); !failure.empty()) return failure;
    }
  }
  return std::string(kServed);
}

// Who asks starts another one, which listens in our place.
std::string Resolver::make_way() {
  zones_.clear();
  listener_.reset();
  static_cast<void>(sys::remove_file_at(run_.get(), kResolverSocket));
  ended_ = true;
  return std::string(kReplaced);
}

void Resolver::serve(uint64_t number) {
  const auto found = std::find_if(starters_.begin(), starters_.end(),
                                  [&](const auto& starter) { return starter.first == number; });
  if (found == starters_.end()) return;
  std::array<char, kOwnerLength> owner{};
  const auto got = sys::receive_datagram(found->second.get(), std::as_writable_bytes(std::span(owner)));
  if (got && got->size == owner.size()) {
    const std::string answer = serve_owner(std::string(owner.data(), owner.size()));
    static_cast<void>(sys::send_datagram(found->second.get(), std::as_bytes(std::span(answer))));
  }
  starters_.erase(found);
}

// --- who asks ---

// Whoever has a list may reach what a name on it leads to, before he knows it. Where that fails he cannot.
void Resolver::open_for(Resident& asker, std::string_view message) {
  const dns::FoundAddresses found = dns::parse_addresses(message);
  if (!allows_name(asker.egress, found.name)) return;
  const uint64_t now = sys::monotonic_nanoseconds();
  if (now - asker.opening_since_ns > kOpeningNs) {
    asker.opening_since_ns = now;
    asker.opened = 0;
  }
  const uint32_t seconds = std::clamp(found.seconds, kLeastOpenSeconds, kMostOpenSeconds);
  for (const std::string& bytes : found.addresses) {
    const IpAddress address = address_of(bytes);
    for (const Place& place : asker.places) {
      const IpAddress& own = address.family == AF_INET ? place.ipv4 : place.ipv6;
      if (!own.given() || ++asker.opened > kMostOpened) continue;
      static_cast<void>(open_address(asker.egress, {found.name, own, address, seconds}));
    }
  }
}

void Resolver::refuse_name(Resident& asker, const IpAddress& address, const std::string& name) {
  if (asker.refused.size() == kMostRefused ||
      std::find(asker.refused.begin(), asker.refused.end(), name) != asker.refused.end())
    return;
  asker.refused.push_back(name);
  static_cast<void>(note_refused_name(address, name));
}

void Resolver::answer(const Client& client, std::string message) {
  if (const Zone* zone = find_zone(client.zone); zone != nullptr) {
    Resident* asker = residents_.at(zone->network(), address_of(client.peer.address));
    if (asker != nullptr && asker->egress.restricted) open_for(*asker, message);
  }
  if (client.stream != 0) return streams_.answer(client.stream, message);
  if (const Zone* zone = find_zone(client.zone); zone != nullptr) zone->send(message, client.peer);
}

void Resolver::ask(const Client& client, Zone& zone, std::string_view message) {
  const auto query = dns::parse_query(message);
  if (!query) return;
  if (query->problem != dns::Rcode::none) return answer(client, dns::refuse(*query, message, query->problem));
  const IpAddress address = address_of(client.peer.address);
  Resident* asker = residents_.at(zone.network(), address);
  if (asker == nullptr && !zone.network().served)
    return answer(client, dns::refuse(*query, message, dns::Rcode::refused));
  if (asker != nullptr && asker->egress.restricted &&
      (!query->plain || !allows_name(asker->egress, query->name))) {
    refuse_name(*asker, address, query->name);
    return answer(client, dns::refuse(*query, message, dns::Rcode::no_such_name));
  }
  const Finding finding = residents_.look_up(asker, zone.network(), *query);
  if (finding.kind == Finding::Kind::outside) {
    const bool own = asker != nullptr && asker->servers != nullptr;
    return forwarder_.ask(client, *query, message, own ? asker->servers : machine_servers_.current());
  }
  const bool datagram = client.stream == 0;
  const size_t limit =
      datagram ? std::min<size_t>(query->udp_size, query->edns ? dns::kOwnUdpSize : dns::kPlainSize)
               : dns::kMaxMessage;
  dns::Answer written(*query, message, limit);
  const size_t count = finding.addresses.size();
  // Each of those that share a name is the first in turn.
  unsigned& turn = turns_.at(query->type == dns::Type::aaaa ? 1 : 0);
  if (count > 1) ++turn;
  for (size_t i = 0; i < count; ++i)
    written.add_address(finding.addresses[(i + turn) % count].bytes(), kTimeToLive);
  if (!finding.pointer.empty()) written.add_pointer(finding.pointer, kTimeToLive);
  const bool nobody = finding.kind == Finding::Kind::nobody;
  answer(client, std::move(written).finish(nobody ? dns::Rcode::no_such_name : dns::Rcode::none, true));
}

void Resolver::ask_zone(uint64_t number) {
  Zone* zone = find_zone(number);
  if (zone == nullptr) return;
  for (const Zone::Socket& socket : zone->sockets()) {
    sys::InetDatagram datagram;
    const std::span<char> room(reinterpret_cast<char*>(room_.get()), dns::kMaxMessage);
    for (int i = 0; i < kMostAtOnce && sys::receive_from(socket.datagrams.get(), room, datagram); ++i) {
      if (datagram.size > kMaxQuestion) continue;
      // Written over when it is handed on and answered at once.
      const std::string message(room.data(), datagram.size);
      ask({0, number, datagram.peer}, *zone, message);
    }
    sys::InetPeer peer;
    UniqueFd accepted = sys::accept_inet(socket.streams.get(), peer);
    if (accepted.valid()) streams_.add(std::move(accepted), number, std::move(peer));
  }
}

// --- the loop ---

Status Resolver::handle(uint64_t key) {
  const uint64_t number = number_of(key);
  switch (part_of(key)) {
    case Part::control:
      accept_starter();
      return {};
    case Part::starter:
      serve(number);
      return {};
    case Part::changes:
      return read_changes();
    case Part::zone:
      ask_zone(number);
      return {};
    case Part::process:
      if (const Resident* resident = residents_.numbered(number); resident != nullptr) {
        residents_.erase(std::string(resident->owner));
        drop_zones();
      }
      return {};
    case Part::flight:
      forwarder_.handle(number);
      return {};
    case Part::stream:
      if (const auto question = streams_.handle(number)) {
        Zone* zone = find_zone(question->client.zone);
        if (zone != nullptr) ask(question->client, *zone, question->message);
      }
      return {};
  }
  return {};
}

// Not while somebody is about to ask for us: he holds the lock.
Result<bool> Resolver::try_to_end() {
  end_again_ns_ = sys::kNever;
  if (!sys::lock_exclusive(lock_.get(), false)) {
    end_again_ns_ = sys::monotonic_nanoseconds() + kAgainNs;
    return false;
  }
  COVE_TRY(read_changes());
  if (!residents_.empty()) {
    COVE_TRY(sys::unlock(lock_.get()));
    return false;
  }
  static_cast<void>(sys::remove_file_at(run_.get(), kResolverSocket));
  return true;
}

Status Resolver::run() {
  constexpr size_t kEvents = 32;
  std::array<struct epoll_event, kEvents> events{};
  while (!ended_ && (!residents_.empty() || !COVE_TRY(try_to_end()))) {
    const uint64_t deadline = std::min({forwarder_.next_deadline(), streams_.next_deadline(), end_again_ns_});
    const size_t count = COVE_TRY(epoll_.wait(events, deadline));
    for (size_t i = 0; i < count && !ended_; ++i) COVE_TRY(handle(events.at(i).data.u64));
    const uint64_t now = sys::monotonic_nanoseconds();
    forwarder_.expire(now);
    streams_.expire(now);
  }
  return {};
}

// --- what it does without ---

// Files may be read, but nothing is written, made or executed any more, and no other process is reached:
// all that it takes away later is its own socket.
Status give_up(const Roots& roots, bool opens) {
  caps::CapabilitySet wanted{CAP_NET_BIND_SERVICE, CAP_DAC_READ_SEARCH};
  if (opens) wanted.add(CAP_NET_ADMIN);
  const caps::CapabilitySet permitted = COVE_TRY(caps::permitted_capabilities());
  const caps::CapabilitySet kept = permitted & wanted;
  COVE_TRY(sys::set_dumpable(false));
  COVE_TRY(sys::set_no_new_privs());
  // Nothing is executed any more, so that it hardly matters.
  if (permitted.contains(CAP_SETPCAP)) COVE_TRY(caps::apply_bounding(kept));
  COVE_TRY(caps::apply_sets(kept, kept, {}));
  const int abi = sys::landlock_abi();
  if (abi == 0) return {};
  constexpr uint64_t kReading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
  const UniqueFd ruleset = COVE_TRY(sys::landlock_create(landlock::handled_access(abi) & ~kReading));
  const UniqueFd run = COVE_TRY(sys::open_path(roots.run.c_str(), O_PATH));
  COVE_TRY(sys::landlock_allow(ruleset.get(), run.get(), LANDLOCK_ACCESS_FS_REMOVE_FILE));
  return sys::landlock_restrict(ruleset.get());
}

// A process for each who is attached, and sockets for what is on its way.
Status take_descriptors() {
  const sys::ResourceLimit limit = COVE_TRY(sys::process_limit(0, RLIMIT_NOFILE));
  return sys::set_process_limit(0, RLIMIT_NOFILE, limit.hard, limit.hard);
}

Status leave_caller() {
  COVE_TRY(sys::set_process_name(kResolverName.data()));
  COVE_TRY(sys::start_session());
  COVE_TRY(sys::change_directory("/"));
  COVE_TRY(sys::close_on_exec_from(3));
  COVE_TRY(sys::block_signals({SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTSTP, SIGUSR1, SIGUSR2}));
  return {};
}

Result<std::unique_ptr<Resolver>> start(const Roots& roots) {
  COVE_TRY(leave_caller());
  COVE_TRY(take_descriptors());
  sys::Epoll epoll = COVE_TRY(sys::Epoll::open());
  auto resolver = std::make_unique<Resolver>(roots, std::move(epoll));
  COVE_TRY(resolver->prepare());
  COVE_TRY(give_up(roots, resolver->must_open()));
  return resolver;
}

}  // namespace

int run_resolver(std::span<char* const> argv) {
  constexpr size_t kArguments = 3;
  if (argv.size() != kArguments) return 1;
  // Who has started us waits for this process only.
  const Result<pid_t> child = sys::fork_process();
  if (!child || *child != 0) return child ? 0 : 1;
  UniqueFd ready(kReadyFd), lock(kStartFd);
  auto resolver = start({argv[1], argv[2]});
  const std::string text = resolver ? std::string(kServed) : resolver.error().message();
  static_cast<void>(sys::send_datagram(ready.get(), std::as_bytes(std::span(text))));
  ready.reset();
  lock.reset();
  if (!resolver) return 1;
  return (*resolver)->run() ? 0 : 1;
}

}  // namespace cove::network
