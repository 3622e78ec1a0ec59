# Captured on `any` (Linux cooked v2). GET and a range; POST, which Apache answers with the file; a refused method.
need curl=curl apache2=apache2
copy_site
free_port port
fill apache.conf PORT="$port" PROTOCOLS='h2c http/1.1' >"$WORK/apache.conf"
serve "$port" apache2 -X -f "$WORK/apache.conf"
url=http://127.0.0.1:$port

DEVICE=any record curl-apache.pcap "$port"
h2_curl --compressed "$url/" --next --range 5-20 "$url/style.css" \
    --next --data-binary "@$WORK/site/app.js" "$url/app.js"
h2_curl --request DELETE --cookie 'theme=dark; lang=en' "$url/style.css"
keep
