// The bodies of Asio's TLS stream, compiled once.
#include <boost/asio/ssl/impl/src.hpp>
