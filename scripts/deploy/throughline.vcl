vcl 4.1;

# Throughline's edge: however many watch, the server is asked for each playlist and each part once.
#
#   varnishd -a 127.0.0.1:6081 -f throughline.vcl -s malloc,512m
#
# Viewers who ask for the same thing while it is on its way, also one that the server holds back until it is published, wait for that
# one answer together, and get it as it comes.

backend server {
  .host = "127.0.0.1";
  .port = "8080";
  # Longer than the server holds a request: three target durations, or six seconds for a first playlist.
  .first_byte_timeout = 30s;
  .between_bytes_timeout = 30s;
}

sub vcl_recv {
  # What players report of themselves is not what is cached; the reports of CMCD's event mode reach the server by POST.
  set req.url = regsuball(req.url, "([?&])CMCD=[^&]*", "\1");
  set req.url = regsub(req.url, "[?&]+$", "");
  unset req.http.CMCD-Object;
  unset req.http.CMCD-Request;
  unset req.http.CMCD-Session;
  unset req.http.CMCD-Status;

  if (req.url !~ "^/live/" || (req.method != "GET" && req.method != "HEAD")) {
    return (pass);
  }
  # Recordings are large, and made when they are first asked for.
  if (req.url ~ "/recording\.") {
    return (pass);
  }
  unset req.http.Cookie;
  return (hash);
}

sub vcl_hash {
  # By the path alone, which holds the token where one is wanted: the server answers all names alike.
  hash_data(req.url);
  return (lookup);
}

sub vcl_backend_response {
  set beresp.grace = 0s;
  if (beresp.status >= 500) {
    # Passes by itself: for a second nobody waits for anybody else's.
    set beresp.uncacheable = true;
    set beresp.ttl = 1s;
  } elsif (beresp.status == 200 && bereq.url ~ "^[^?]*\.m3u8") {
    # The server says no-cache, for caches that know nothing of HLS. A blocking reload names the part it waits for, and its answer is
    # right for everyone who asks for that part; one without is right for a fraction of a part.
    set beresp.ttl = 0.1s;
    if (bereq.url ~ "_HLS_msn=") {
      set beresp.ttl = 2s;
    }
  } elsif (beresp.status == 200 && beresp.ttl > 5m) {
    # Media never changes under its name, and is asked for while it is listed.
    set beresp.ttl = 5m;
  }
  # What is not there may be asked again in a second, as the server says. A refused token is nobody else's business.
  if (beresp.status == 401 || beresp.status == 403 || beresp.http.Cache-Control ~ "no-store") {
    set beresp.uncacheable = true;
    set beresp.ttl = 1s;
  }
  return (deliver);
}
