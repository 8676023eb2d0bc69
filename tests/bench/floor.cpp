// The floor of every throughput figure: a bare HTTP server that does the least a durable receiver can do.
//
//   ligament_floor --data DIR --rows 1            floor-1: parse the body with RapidJSON, insert one row,
//   answer ligament_floor --data DIR --rows 38 --bytes 61000   floor-n: the same, with the rows and bytes a
//   real referral writes
//
// One I/O thread, one writer thread, group commit, SQLite in WAL mode with full synchronous: the shape of the
// gateway without anything the gateway does. Prints {"ready":true,"http":"127.0.0.1:PORT"} and runs until
// SIGTERM.
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <rapidjson/document.h>
#include <sqlite3.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

struct Options {
  std::string data;
  std::uint16_t port = 0;
  int rows = 1;
  std::size_t bytes = 0;  ///< Of all rows but the one with the body.
};

void check(int code, sqlite3* db, const char* what) {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) {
    throw std::runtime_error(std::string(what) + ": " + sqlite3_errmsg(db));
  }
}

using Done = asio::any_completion_handler<void(bool)>;

/// Inserts bodies, as many as wait in one transaction.
class Writer {
 public:
  Writer(const Options& options, asio::any_io_executor io) : options_(options), io_(std::move(io)) {
    const std::string path = options.data + "/floor.db";
    check(sqlite3_open(path.c_str(), &db_), db_, "open");
    const char* setup =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
        "CREATE TABLE IF NOT EXISTS message(seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;"
        "CREATE TABLE IF NOT EXISTS part(seq INTEGER PRIMARY KEY, message INTEGER NOT NULL, body BLOB NOT "
        "NULL) STRICT;"
        "CREATE INDEX IF NOT EXISTS part_message ON part(message);";
    check(sqlite3_exec(db_, setup, nullptr, nullptr, nullptr), db_, "setup");
    prepare("INSERT INTO message(body) VALUES(?)", &insert_message_);
    prepare("INSERT INTO part(message, body) VALUES(?, ?)", &insert_part_);
    if (options_.rows > 1) part_.assign(options_.bytes / static_cast<std::size_t>(options_.rows - 1), 'x');
    thread_ = std::thread(&Writer::run, this);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    arrivals_.notify_one();
    thread_.join();
    sqlite3_finalize(insert_message_);
    sqlite3_finalize(insert_part_);
    sqlite3_close(db_);
  }

  void insert(std::string body, Done done) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back({std::move(body), std::move(done)});
    }
    arrivals_.notify_one();
  }

 private:
  struct Waiting {
    std::string body;
    Done done;
  };

  void prepare(const char* sql, sqlite3_stmt** statement) {
    check(sqlite3_prepare_v2(db_, sql, -1, statement, nullptr), db_, sql);
  }
  void execute(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr), db_, sql); }

  void insert_rows(const std::string& body) {
    sqlite3_bind_blob(insert_message_, 1, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
    check(sqlite3_step(insert_message_), db_, "insert message");
    sqlite3_reset(insert_message_);
    const sqlite3_int64 seq = sqlite3_last_insert_rowid(db_);
    for (int i = 1; i < options_.rows; ++i) {
      sqlite3_bind_int64(insert_part_, 1, seq);
      sqlite3_bind_blob(insert_part_, 2, part_.data(), static_cast<int>(part_.size()), SQLITE_STATIC);
      check(sqlite3_step(insert_part_), db_, "insert part");
      sqlite3_reset(insert_part_);
    }
  }

  void run() {
    std::deque<Waiting> group;
    while (true) {
      {
        std::unique_lock lock(mutex_);
        arrivals_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        group.swap(waiting_);
      }
      execute("BEGIN IMMEDIATE");
      for (const Waiting& waiting : group)
        insert_rows(waiting.body);
      execute("COMMIT");
      for (Waiting& waiting : group) {
        asio::post(io_, [done = std::move(waiting.done)]() mutable { std::move(done)(true); });
      }
      group.clear();
      if (++commits_ % 64 == 0)
        sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    }
  }

  Options options_;
  asio::any_io_executor io_;
  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_message_ = nullptr;
  sqlite3_stmt* insert_part_ = nullptr;
  std::string part_;
  std::mutex mutex_;
  std::condition_variable arrivals_;
  std::deque<Waiting> waiting_;
  bool stopping_ = false;
  std::uint64_t commits_ = 0;
  std::thread thread_;
};

asio::awaitable<bool> insert(Writer& writer, std::string body) {
  auto start = [&writer](auto handler, std::string text) {
    writer.insert(std::move(text), Done(std::move(handler)));
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(
      std::move(start), asio::use_awaitable, std::move(body));
}

asio::awaitable<void> serve(tcp::socket socket, Writer& writer) {
  boost::beast::flat_buffer buffer;
  while (true) {
    http::request<http::string_body> request;
    auto [read_error, read] =
        co_await http::async_read(socket, buffer, request, asio::as_tuple(asio::use_awaitable));
    if (read_error) co_return;
    rapidjson::Document document;
    document.Parse(request.body().data(), request.body().size());
    http::response<http::string_body> response(http::status::ok, request.version());
    if (document.HasParseError()) {
      response.result(http::status::bad_request);
    } else {
      std::string body = std::move(request.body());
      co_await insert(writer, std::move(body));
      response.set(http::field::content_type, "application/fhir+json");
      response.body() = R"({"resourceType":"OperationOutcome"})";
    }
    response.keep_alive(request.keep_alive());
    response.prepare_payload();
    auto [write_error, written] =
        co_await http::async_write(socket, response, asio::as_tuple(asio::use_awaitable));
    if (write_error || !response.keep_alive()) co_return;
  }
}

asio::awaitable<void> accept(tcp::acceptor& acceptor, Writer& writer) {
  while (true) {
    auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), writer), asio::detached);
  }
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--data") options.data = value;
    if (name == "--port") options.port = static_cast<std::uint16_t>(std::stoi(value));
    if (name == "--rows") options.rows = std::stoi(value);
    if (name == "--bytes") options.bytes = std::stoull(value);
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = parse(argc, argv);
    if (options.data.empty()) {
      std::fprintf(stderr, "ligament_floor --data DIR [--port N] [--rows N] [--bytes N]\n");
      return 2;
    }
    std::filesystem::create_directories(options.data);
    asio::io_context io(1);
    Writer writer(options, io.get_executor());
    tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), options.port));
    asio::co_spawn(io, accept(acceptor, writer), asio::detached);
    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&io](auto, int) { io.stop(); });
    std::printf("{\"ready\":true,\"http\":\"127.0.0.1:%u\"}\n", acceptor.local_endpoint().port());
    std::fflush(stdout);
    io.run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ligament_floor: %s\n", error.what());
    return 3;
  }
}
