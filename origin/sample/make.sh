#!/usr/bin/env bash
# Makes the sample programme in hls/ again: 30 s, three aligned renditions, CMAF segments of exactly 2 s.
# Nobody needs to run it to use Nearcast: its output is committed.
#
#   apt-get install ffmpeg fonts-dejavu-core
#   origin/sample/make.sh
#
# Only synthetic sources are used, so the result is free of anybody's rights.
set -euo pipefail
cd "$(dirname "$0")"

FONT=${FONT:-/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf}
SECONDS_TOTAL=30
SEGMENT_SECONDS=2
FRAMES_PER_SECOND=25
AUDIO_KBITS=48
# folder:width:height:video kbit/s, cheapest first. Together they must stay below 4 MB (see the check at the end).
LADDER=(180p:320:180:110 270p:480:270:230 360p:640:360:430)
BYTES_ALLOWED=4000000

for program in ffmpeg ffprobe; do
  command -v "$program" >/dev/null || { echo "make.sh: $program is missing: apt-get install ffmpeg" >&2; exit 1; }
done
[ -r "$FONT" ] || { echo "make.sh: no font at $FONT: apt-get install fonts-dejavu-core, or set FONT" >&2; exit 1; }

# Colours that drift, a bar that crosses the picture once per segment, the clock, and the segment's number.
SCENE="
gradients=s=640x360:r=$FRAMES_PER_SECOND:c0=0x0b3954:c1=0x087e8b:c2=0x5b2a86:nb_colors=3:seed=7:speed=0.008:x0=0:y0=0:x1=640:y1=360[sky];
color=c=white@0.85:s=10x44:r=$FRAMES_PER_SECOND[bar];
[sky][bar]overlay=x='mod(t,$SEGMENT_SECONDS)/$SEGMENT_SECONDS*(W-w)':y=290:eval=frame:shortest=1,
drawbox=x=0:y=288:w=640:h=2:color=white@0.4:t=fill,
drawbox=x=0:y=334:w=640:h=2:color=white@0.4:t=fill,
drawtext=fontfile=$FONT:text='NEARCAST SAMPLE':fontsize=22:fontcolor=white@0.8:x=24:y=22,
drawtext=fontfile=$FONT:text='%{pts\:hms}':fontsize=72:fontcolor=white:x=(w-tw)/2:y=90,
drawtext=fontfile=$FONT:text='segment %{eif\:floor(t/$SEGMENT_SECONDS)\:d\:2}':fontsize=44:fontcolor=0xffd166:x=(w-tw)/2:y=190
"
# A quiet tone with a short, higher beep at the start of every segment.
TONE="aevalsrc='0.06*sin(2*PI*220*t)+0.2*sin(2*PI*880*t)*lt(mod(t,$SEGMENT_SECONDS),0.12)':s=48000:c=mono"

rm -rf hls
for rung in "${LADDER[@]}"; do
  IFS=: read -r name width height kbits <<<"$rung"
  mkdir -p "hls/$name"
  echo "$name …"
  # No B-frames: pictures leave the decoder in order, so a seam of the live loop costs no gap.
  ffmpeg -hide_banner -loglevel error -y \
    -f lavfi -i "$SCENE,scale=$width:$height:flags=lanczos,drawtext=fontfile=$FONT:text='$name':fontsize=h/16:fontcolor=white@0.8:x=w-tw-w/26:y=h/16,format=yuv420p" \
    -f lavfi -i "$TONE" \
    -t "$SECONDS_TOTAL" -map_metadata -1 -fflags +bitexact -flags +bitexact \
    -c:v libx264 -threads 1 -preset veryslow -profile:v main -bf 0 \
    -g $((FRAMES_PER_SECOND * SEGMENT_SECONDS)) -keyint_min $((FRAMES_PER_SECOND * SEGMENT_SECONDS)) \
    -sc_threshold 0 -flags +cgop+bitexact \
    -b:v "${kbits}k" -maxrate "$((kbits * 5 / 4))k" -bufsize "${kbits}k" \
    -c:a aac -b:a "${AUDIO_KBITS}k" -ac 1 -ar 48000 \
    -f hls -hls_time "$SEGMENT_SECONDS" -hls_playlist_type vod -hls_flags independent_segments \
    -hls_segment_type fmp4 -hls_segment_options movflags=+cmaf -hls_fmp4_init_filename init.mp4 \
    -hls_segment_filename "hls/$name/seg-%03d.m4s" "hls/$name/playlist.m3u8"
done

# avc1.PPCCLL from the three bytes after avcC's version byte (ISO/IEC 14496-15, 5.2.4.1).
codec_of() {
  local at
  at=$(grep -obUa avcC "$1" | head -n 1 | cut -d: -f1)
  echo "avc1.$(od -An -tx1 -j $((at + 5)) -N 3 "$1" | tr -d ' \n')"
}

# BANDWIDTH is the peak over segments, AVERAGE-BANDWIDTH the mean over all (RFC 8216bis, 4.4.6.2).
{
  printf '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n'
  for rung in "${LADDER[@]}"; do
    IFS=: read -r name width height _ <<<"$rung"
    peak=$(stat -c %s "hls/$name"/seg-*.m4s | sort -n | tail -n 1)
    total=$(stat -c %s "hls/$name"/seg-*.m4s | awk '{ s += $1 } END { print s }')
    printf '#EXT-X-STREAM-INF:BANDWIDTH=%d,AVERAGE-BANDWIDTH=%d,RESOLUTION=%dx%d,CODECS="%s,mp4a.40.2",FRAME-RATE=%d.000\n%s/playlist.m3u8\n' \
      $((peak * 8 / SEGMENT_SECONDS)) $((total * 8 / SECONDS_TOTAL)) "$width" "$height" \
      "$(codec_of "hls/$name/init.mp4")" "$FRAMES_PER_SECOND" "$name"
  done
} >hls/master.m3u8

bytes=$(find hls -type f -printf '%s\n' | awk '{ s += $1 } END { print s }')
echo "hls/: $bytes bytes"
[ "$bytes" -le "$BYTES_ALLOWED" ] || { echo "make.sh: $bytes bytes is more than $BYTES_ALLOWED: lower LADDER" >&2; exit 1; }
