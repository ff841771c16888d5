#!/bin/sh
# Draws the demo's clip: a swell under a low sun, a clock and a small tune. It takes ffmpeg and a
# few minutes, and is for whoever changes the clip. Nothing else runs it.
set -eu
out=$(dirname "$0")/files/courses/1/video
sea=$(mktemp --suffix=.mp4)
trap 'rm -f "$sea"' EXIT

# Height, swell, waves in the width, and rounds in 24 s: whole numbers, so that the end meets the
# beginning.
wave () { echo "H*$1+H*$2*(sin(2*PI*(X/W*$3+T*$4/24)+$5)+0.4*sin(2*PI*(X/W*$3*2.3-T*$6/24)))"; }
far=$(wave 0.58 0.018 1.6 3 0.5 2)
mid=$(wave 0.68 0.026 1.3 -4 2 3)
near=$(wave 0.79 0.034 1.1 5 4 -3)
here=$(wave 0.90 0.042 0.9 -6 1 4)
sun='hypot(X-W*0.7,Y-H*(0.44+0.05*sin(2*PI*T/24)))'
paint () {
  behind="if(gt(Y,$mid),$4,if(gt(Y,$far),$3,if(lt($sun,H*0.13),$2,$1)))"
  echo "if(gt(Y,$here),$6,if(gt(Y,$near),$5,$behind))"
}
red=$(paint '38+200*pow(Y/H/0.6,1.6)' 255 226 111 38 16)
green=$(paint '48+110*pow(Y/H/0.6,1.3)' 221 150 106 78 46)
blue=$(paint '98+45*(Y/H/0.6)' 160 128 140 116 82)
canvas='color=black:s=640x360:r=25:d=24,format=gbrp'
picture="geq=r='$red':g='$green':b='$blue',scale=320:180:flags=area"
ffmpeg -y -v error -f lavfi -i "$canvas,$picture" \
  -c:v libx264 -crf 20 -pix_fmt yuv420p "$sea"

# Sixteen tones of 0.75 s, twice, in semitones above 220 Hz.
tune=0 index=0
for tone in 0 7 12 16 14 12 7 4 5 9 12 17 16 14 11 7; do
  tune="$tune+eq(ld(0),$index)*$tone" index=$((index + 1))
done
steps='st(0,mod(floor(t/0.75),16));st(1,mod(t,0.75))'
pitch="st(2,2*PI*t*220*pow(2,($tune)/12))"
swell='min(1,ld(1)*60)*min(1,(0.75-ld(1))*30)*exp(-3.2*ld(1))'
sound="$steps;$pitch;0.22*$swell*(sin(ld(2))+0.25*sin(2*ld(2)))"
clock="drawtext=font=DejaVu Sans:text='%{pts\:gmtime\:0\:%M\\\\\:%S}'"

rm -rf "$out"
mkdir -p "$out"
ffmpeg -y -v error -i "$sea" -f lavfi -i "aevalsrc='$sound':s=44100:d=24" \
  -vf "$clock:fontcolor=white@0.92:fontsize=24:x=16:y=14" \
  -c:v libx264 -profile:v main -preset veryslow -bf 0 -crf 22 -pix_fmt yuv420p \
  -g 50 -keyint_min 50 -sc_threshold 0 \
  -c:a aac -b:a 32k -ac 1 \
  -f hls -hls_time 2 -hls_playlist_type vod -hls_segment_type fmp4 -hls_flags independent_segments \
  -hls_fmp4_init_filename init.mp4 -hls_segment_filename "$out/%02d.m4s" "$out/index.m3u8"
