# From curl-nginx.pcap: segments out of order and sent twice, in both directions.
need python3=python3
python3 "$CAPTURES/derive.py" reorder "$CAPTURES/curl-nginx.pcap" "$WORK/derived-reordered.pcap"
publish "$WORK/derived-reordered.pcap"
