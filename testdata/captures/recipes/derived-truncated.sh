# From h2load-nghttpd.pcap: the file ends in the middle of a packet record.
need python3=python3
python3 "$CAPTURES/derive.py" cut "$CAPTURES/h2load-nghttpd.pcap" "$WORK/derived-truncated.pcap"
publish "$WORK/derived-truncated.pcap"
