#include "cli/config/setting_table.hpp"

#include "runtime/defaults.hpp"

#include <fmt/format.h>

namespace reel::cli {
namespace {

using kind = setting_kind;

constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;
constexpr std::int64_t gib = 1024 * mib;
constexpr std::int64_t tib = 1024 * gib;
constexpr std::int64_t second_ms = 1000;
constexpr std::int64_t minute_ms = 60 * second_ms;

std::string text_of(std::size_t bytes) {
  return bytes_text(static_cast<std::int64_t>(bytes));
}

std::string text_of(std::chrono::milliseconds time) {
  return duration_text(time.count());
}

std::chrono::milliseconds time_of(const setting_value& v) {
  return std::chrono::milliseconds{v.number};
}

template <class Number>
Number count_of(const setting_value& v) {
  return static_cast<Number>(v.number);
}

void add_node(std::vector<setting>& t) {
  t.push_back(
      {"node.name",
       {.kind = kind::text},
       "",
       "What this node is called, in logs and in `status`: letters, digits, \"-\", \"_\" and \".\". No two nodes "
       "of a cluster may have the same name. Empty: the name of the host.",
       [](settings& s, std::string_view, const setting_value& v) { s.node_name = v.text; }});
  t.push_back(
      {"node.data",
       {.kind = kind::path, .required = true},
       "data",
       "The directory of what this node keeps: snapshots, read models, and with the embedded log the journals. It "
       "is created when it is missing.",
       [](settings& s, std::string_view, const setting_value& v) { s.data = v.text; }});
}

void add_cluster(std::vector<setting>& t) {
  t.push_back({"cluster.name",
               {.kind = kind::name},
               "reel",
               "Written into each journal when it is created; a node with another name refuses to work with it.",
               [](settings& s, std::string_view, const setting_value& v) { s.cluster = v.text; }});
  t.push_back(
      {"cluster.partitions",
       {.kind = kind::count, .least = 1, .most = 1024},
       "2",
       "Partitions of each service that has no number of its own. Decided when the journals are created: a node "
       "with another number refuses to start.",
       [](settings& s, std::string_view, const setting_value& v) { s.partitions = count_of<std::uint32_t>(v); }});
  t.push_back({"cluster.lease",
               {.kind = kind::duration, .least = 500, .most = 10 * minute_ms},
               "3s",
               "How long a node that says nothing keeps its partitions: after this time others take them over. Shorter "
               "means a faster takeover, and more takeovers by mistake on a busy machine.",
               [](settings& s, std::string_view, const setting_value& v) { s.lease = time_of(v); }});
}

void add_log(std::vector<setting>& t) {
  t.push_back({"log.transport",
               {.kind = kind::choice, .words = {"embedded", "nats"}},
               "embedded",
               "Where journals are: in a directory of this node, which then is the only one, or on NATS JetStream.",
               [](settings& s, std::string_view, const setting_value& v) {
                 s.transport = v.text == "nats" ? log_transport::nats : log_transport::embedded;
               }});
  t.push_back({"log.directory",
               {.kind = kind::path},
               "",
               "Embedded: the directory of the journals. Empty: `node.data`.",
               [](settings& s, std::string_view, const setting_value& v) { s.embedded.directory = v.text; }});
  t.push_back(
      {"log.durability",
       {.kind = kind::choice, .words = {"fsync", "os"}},
       "fsync",
       "Embedded: when an event counts as stored. `fsync`: on the disk. `os`: with the operating system; a power "
       "cut may take the newest events, never a part of a commit or their order.",
       [](settings& s, std::string_view, const setting_value& v) {
         s.embedded.durability = v.text == "os" ? transport::durability::os : transport::durability::fsync;
       }});
  t.push_back({"log.tail_cache_bytes",
               {.kind = kind::bytes, .least = mib, .most = tib},
               text_of(transport::nats_options{}.tail_cache_bytes),
               "The newest frames of all journals that stay in memory: who reads there waits for nobody.",
               [](settings& s, std::string_view, const setting_value& v) {
                 s.nats.tail_cache_bytes = count_of<std::size_t>(v);
                 s.embedded.tail_cache_bytes = count_of<std::size_t>(v);
               }});
}

void add_brokers(std::vector<setting>& t) {
  const transport::nats_options nats;
  t.push_back({"log.urls",
               {.kind = kind::list, .required = true},
               "nats://127.0.0.1:4222",
               "NATS: the servers of one cluster. One that answers is enough to find the others. May hold credentials: "
               "`nats://USER:PASSWORD@HOST:PORT`.",
               [](settings& s, std::string_view, const setting_value& v) {
                 s.nats.urls.clear();
                 for (const auto& url : v.items)
                   s.nats.urls += (s.nats.urls.empty() ? "" : ",") + url;
               }});
  t.push_back(
      {"log.prefix",
       {.kind = kind::text, .required = true},
       nats.prefix,
       "NATS: what the names of streams begin with (small letters and digits), so that several programs can share "
       "brokers: `REEL_PAYMENT_0`.",
       [](settings& s, std::string_view, const setting_value& v) { s.nats.prefix = v.text; }});
  t.push_back(
      {"log.replicas",
       {.kind = kind::count, .least = 1, .most = 5},
       "1",
       "NATS: how many servers keep each journal. With 3 one of them may die. An odd number, and no more than there "
       "are servers; decided when the journals are created.",
       [](settings& s, std::string_view, const setting_value& v) { s.nats.replicas = count_of<std::uint32_t>(v); }});
  t.push_back({"log.storage",
               {.kind = kind::choice, .words = {"file", "memory"}},
               "file",
               "NATS: where servers keep journals. In `memory` nothing survives them: for tests.",
               [](settings& s, std::string_view, const setting_value& v) { s.nats.in_memory = v.text == "memory"; }});
  t.push_back(
      {"log.stream_bytes_max",
       {.kind = kind::bytes, .least = mib, .most = 1024 * tib, .words = {"unlimited"}},
       "unlimited",
       "NATS: what one journal may take on a server when it is created. A full journal refuses appends and keeps "
       "what it has; a full disk hangs a server of version 2.9. `unlimited`: what the account allows.",
       [](settings& s, std::string_view, const setting_value& v) { s.nats.stream_bytes_max = v.number; }});
  t.push_back({"log.append_timeout",
               {.kind = kind::duration, .least = 100, .most = minute_ms},
               text_of(nats.append_timeout),
               "NATS: an append without an answer after this time is looked up and sent again.",
               [](settings& s, std::string_view, const setting_value& v) { s.nats.append_timeout = time_of(v); }});
  t.push_back({"log.start_wait",
               {.kind = kind::duration, .least = 0, .most = 60 * minute_ms},
               text_of(nats.start_wait),
               "NATS: how long a start waits for a broker that is not there yet.",
               [](settings& s, std::string_view, const setting_value& v) { s.nats.start_wait = time_of(v); }});
}

void add_security(std::vector<setting>& t) {
  t.push_back(
      {"log.tls.authority",
       {.kind = kind::path},
       "",
       "A PEM file with the authorities that may have signed the servers' certificates. Given, the connection is "
       "encrypted, or fails.",
       [](settings& s, std::string_view, const setting_value& v) { s.nats.tls.authority = v.text; }});
  t.push_back({"log.tls.certificate",
               {.kind = kind::path},
               "",
               "A PEM file with this client's certificate, for servers that ask for one. Needs `log.tls.key`.",
               [](settings& s, std::string_view, const setting_value& v) { s.nats.tls.certificate = v.text; }});
  t.push_back({"log.tls.key",
               {.kind = kind::path},
               "",
               "A PEM file with the key of that certificate.",
               [](settings& s, std::string_view, const setting_value& v) { s.nats.tls.key = v.text; }});
  t.push_back({"log.tls.server_name",
               {.kind = kind::text},
               "",
               "The name that the servers' certificates must have. Empty: that of the URL.",
               [](settings& s, std::string_view, const setting_value& v) { s.nats.tls.host = v.text; }});
  t.push_back({"log.credentials.user",
               {.kind = kind::text},
               "",
               "With `log.credentials.password`.",
               [](settings& s, std::string_view, const setting_value& v) { s.nats.user = v.text; }});
  t.push_back({"log.credentials.password",
               {.kind = kind::secret},
               "",
               "Better in the environment than in a file: `REEL_LOG__CREDENTIALS__PASSWORD`.",
               [](settings& s, std::string_view, const setting_value& v) { s.nats.password = v.text; }});
  t.push_back({"log.credentials.token",
               {.kind = kind::secret},
               "",
               "Instead of user and password.",
               [](settings& s, std::string_view, const setting_value& v) { s.nats.token = v.text; }});
  t.push_back({"log.credentials.file",
               {.kind = kind::path},
               "",
               "A credentials file as `nsc generate creds` writes it; instead of the others.",
               [](settings& s, std::string_view, const setting_value& v) { s.nats.credentials = v.text; }});
}

void add_choreography(std::vector<setting>& t) {
  t.push_back(
      {"services.*.partitions",
       {.kind = kind::count, .least = 1, .most = 1024},
       "",
       "Partitions of this service; default: `cluster.partitions`. As many of its entities work at the same time.",
       [](settings& s, std::string_view star, const setting_value& v) {
         s.services[std::string{star}].partitions = count_of<std::uint32_t>(v);
       }});
  t.push_back({"services.*.hosted",
               {.kind = kind::flag},
               "",
               "Whether this node runs partitions of this service; default: true.",
               [](settings& s, std::string_view star, const setting_value& v) {
                 s.services[std::string{star}].hosted = v.number != 0;
               }});
  t.push_back(
      {"views.*.hosted",
       {.kind = kind::flag},
       "",
       "Whether this node keeps this read model; default: true. `sagas` is the ledger of open flows.",
       [](settings& s, std::string_view star, const setting_value& v) { s.views[std::string{star}] = v.number != 0; }});
}

void add_running(std::vector<setting>& t) {
  const runtime::limits limits;
  t.push_back({"logging.level",
               {.kind = kind::choice, .words = {"trace", "debug", "info", "warn", "error", "critical", "off"}},
               "info",
               "Lines of this level and above go to standard error.",
               [](settings& s, std::string_view, const setting_value& v) { s.log_level = v.text; }});
  t.push_back({"logging.format",
               {.kind = kind::choice, .words = {"text", "json"}},
               "text",
               "`text`: time, level, event and fields on a line. `json`: one object on a line.",
               [](settings& s, std::string_view, const setting_value& v) { s.log_format = v.text; }});
  t.push_back({"limits.frame_bytes_max",
               {.kind = kind::bytes, .least = 4 * kib, .most = mib - 1024},
               text_of(limits.frame_bytes_max),
               "An open frame is committed at this size, even while earlier ones are under way.",
               [](settings& s, std::string_view, const setting_value& v) {
                 s.limits.frame_bytes_max = count_of<std::size_t>(v);
               }});
  t.push_back({"limits.appends_in_flight_max",
               {.kind = kind::count, .least = 1, .most = 64},
               fmt::format("{}", limits.appends_in_flight_max),
               "Frames of one partition that may wait for the log at once.",
               [](settings& s, std::string_view, const setting_value& v) {
                 s.limits.appends_in_flight_max = count_of<std::size_t>(v);
               }});
  t.push_back({"limits.lane_credit",
               {.kind = kind::count, .least = 64, .most = 1'000'000},
               fmt::format("{}", limits.lane_credit),
               "Deliveries from one journal that a partition may have waiting; bounds a slow partition's memory.",
               [](settings& s, std::string_view, const setting_value& v) { s.limits.lane_credit = v.number; }});
  t.push_back({"limits.snapshot_frames",
               {.kind = kind::count, .least = 0, .most = 1'000'000'000},
               fmt::format("{}", limits.snapshot_frames),
               "A partition saves its state after so many frames, to start faster; 0: never.",
               [](settings& s, std::string_view, const setting_value& v) {
                 s.limits.snapshot_frames = count_of<std::uint64_t>(v);
               }});
}

} // namespace

const std::vector<setting>& setting_table() {
  static const std::vector<setting> table = [] {
    std::vector<setting> t;
    add_node(t);
    add_cluster(t);
    add_log(t);
    add_brokers(t);
    add_security(t);
    add_choreography(t);
    add_running(t);
    return t;
  }();
  return table;
}

const std::vector<setting_section>& setting_sections() {
  static const std::vector<setting_section> sections{
      {"node", "This process."},
      {"cluster", "What all nodes of a cluster have in common."},
      {"log", "Where journals are, and how they are written."},
      {"log.tls", "Certificates for the connection to the servers."},
      {"log.credentials", "Who this node is for the servers: at most one of user with password, token, and file."},
      {"services.*", "One section for each service that differs from the defaults: `[services.payment]`."},
      {"views.*", "One section for each read model that this node does not keep: `[views.orders]`."},
      {"logging", "What the node says of itself."},
      {"limits", "Bounds of memory and of what waits. Seldom to be changed."},
  };
  return sections;
}

std::string_view section_of(std::string_view key) {
  return key.substr(0, key.rfind('.'));
}

} // namespace reel::cli
