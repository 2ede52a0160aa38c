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

# A name for each thing that can be asked for, and no other: whatever else stands in a query or a header, a made-up one gets what is here
# already. Otherwise each of a thousand ?x=N would be a request of its own at the server.
sub canonical_name {
  unset req.http.X-Msn;
  unset req.http.X-Part;
  unset req.http.X-Skip;
  unset req.http.X-Token;
  # A token in the query, and not in the path, is a permission all the same, and part of the name.
  if (req.url ~ "[?&]token=[\w-]{1,200}\.[\w-]{1,400}\.[\w-]{1,100}(&|$)") {
    set req.http.X-Token = regsub(req.url, "^[^?]*\?(?:.*?&)?token=([\w-]+\.[\w-]+\.[\w-]+)(?:&.*)?$", "\1");
  }
  if (req.url ~ "^[^?]*/stream\.m3u8\?") {
    call canonical_directives;
  }
  set req.url = regsub(req.url, "\?.*$", "");
  if (req.http.X-Msn) {
    set req.url = req.url + "?_HLS_msn=" + req.http.X-Msn;
  }
  if (req.http.X-Part) {
    set req.url = req.url + "&_HLS_part=" + req.http.X-Part;
  }
  if (req.http.X-Skip) {
    set req.url = req.url + "&_HLS_skip=" + req.http.X-Skip;
  }
  if (req.http.X-Token) {
    set req.url = req.url + "&token=" + req.http.X-Token;
  }
  # The first of them begins the query.
  set req.url = regsub(req.url, "^([^?&]*)&", "\1?");

}

sub canonical_headers {
  # What answers do not depend on, also what players report of themselves (CMCD). Packing and cutting this edge does itself.
  unset req.http.Cookie;
  unset req.http.Authorization;
  unset req.http.Cache-Control;
  unset req.http.Pragma;
  unset req.http.X-Forwarded-Host;
  unset req.http.Forwarded;
  unset req.http.CMCD-Object;
  unset req.http.CMCD-Request;
  unset req.http.CMCD-Session;
  unset req.http.CMCD-Status;
  # A name that the server has in any case: an unknown one would be refused, and that refusal would be what others wait for.
  set req.http.Host = "localhost";
  # Where CORS_ORIGINS is not *, answers differ by origin: name the same ones here, as in
  #   if (req.http.Origin !~ "^https://(www|app)\.example\.com$") { unset req.http.Origin; }
  # All others are one, so that made-up origins are no versions of their own.
  unset req.http.Origin;
}

# The three directives in one order, each once, as digits. What is none of that is a bad request, and the same one for all.
sub canonical_directives {
  if (req.url ~ "[?&]_HLS_msn(=|&|$)") {
    set req.http.X-Msn = regsub(req.url, "^[^?]*\?(?:.*?&)?_HLS_msn=(\d{1,15})(?:&.*)?$", "\1");
    if (req.http.X-Msn !~ "^\d{1,15}$" || req.url ~ "[?&]_HLS_msn\b.*&_HLS_msn\b") {
      set req.http.X-Msn = "invalid";
    }
  }
  if (req.url ~ "[?&]_HLS_part(=|&|$)") {
    set req.http.X-Part = regsub(req.url, "^[^?]*\?(?:.*?&)?_HLS_part=(\d{1,15})(?:&.*)?$", "\1");
    if (!req.http.X-Msn || req.http.X-Part !~ "^\d{1,15}$" || req.url ~ "[?&]_HLS_part\b.*&_HLS_part\b") {
      set req.http.X-Msn = "invalid";
    }
  }
  if (req.url ~ "[?&]_HLS_skip(=|&|$)") {
    # v2 is answered as YES is.
    set req.http.X-Skip = "YES";
    if (req.url !~ "[?&]_HLS_skip=(YES|v2)(&|$)" || req.url ~ "[?&]_HLS_skip\b.*&_HLS_skip\b") {
      set req.http.X-Msn = "invalid";
    }
  }
  if (req.http.X-Msn == "invalid") {
    unset req.http.X-Part;
    unset req.http.X-Skip;
  }
}

sub vcl_recv {
  # The reports of CMCD's event mode are among what passes: they come by POST.
  if (req.url !~ "^/live/" || (req.method != "GET" && req.method != "HEAD")) {
    return (pass);
  }
  # Recordings are large, and made when they are first asked for.
  if (req.url ~ "^[^?]*/recording\.") {
    return (pass);
  }
  # What players ask for is in order already.
  if (req.url !~ "^[^?]*(/stream\.m3u8\?_HLS_msn=\d{1,15}(&_HLS_part=\d{1,15})?(&_HLS_skip=YES)?)?$") {
    call canonical_name;
  }
  call canonical_headers;
  return (hash);
}

sub vcl_hash {
  # By the path alone, which holds the token where one is wanted: the server answers all names alike.
  hash_data(req.url);
  return (lookup);
}

sub vcl_backend_fetch {
  unset bereq.http.X-Msn;
  unset bereq.http.X-Part;
  unset bereq.http.X-Skip;
  unset bereq.http.X-Token;
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
  } elsif (beresp.status == 400 || beresp.status == 404) {
    # As the server says: what can't be had may be asked for again in a second. Varnish by itself would keep no 400.
    set beresp.ttl = 1s;
  } elsif (beresp.status == 200 && beresp.ttl > 5m) {
    # Media never changes under its name, and is asked for while it is listed.
    set beresp.ttl = 5m;
  }
  # A refused token is nobody else's business.
  if (beresp.status == 401 || beresp.status == 403 || beresp.http.Cache-Control ~ "no-store") {
    set beresp.uncacheable = true;
    set beresp.ttl = 1s;
  }
  return (deliver);
}
